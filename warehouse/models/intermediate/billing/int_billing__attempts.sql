-- Grain: one row per invoice that was tried to collect: what became of the attempts
select
    invoice_id,
    count(*) as attempts,
    min(case when charge_status = 'failed' then created_at end) as first_failed_at,
    min(case when charge_status = 'succeeded' then created_at end) as paid_at
from {{ ref("stg_stripe__charges") }}
group by invoice_id
