-- Grain: one row per change of an opportunity's stage, amount, probability or close date
select
    opportunity_history_id as step_id,
    opportunity_id,
    created_at as changed_at,
    stage,
    amount_usd_minor,
    probability_percent,
    close_date,
    changed_by_user_id,
    lag(stage) over (partition by opportunity_id order by created_at, opportunity_history_id) as previous_stage,
    lag(close_date) over (
        partition by opportunity_id order by created_at, opportunity_history_id
    ) as previous_close_date,
    lag(amount_usd_minor) over (
        partition by opportunity_id order by created_at, opportunity_history_id
    ) as previous_amount_usd_minor,
    lead(created_at) over (partition by opportunity_id order by created_at, opportunity_history_id) as next_changed_at
from {{ ref("stg_salesforce__opportunity_history") }}
