-- Grain: one row per system and record that stands for a person
select system, system_id, user_id, rule from {{ ref("int_identity__users") }}
