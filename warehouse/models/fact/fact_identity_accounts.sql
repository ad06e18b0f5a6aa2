-- Grain: one row per system and record that stands for an account
select system, system_id, account_id, rule from {{ ref("int_identity__accounts") }}
