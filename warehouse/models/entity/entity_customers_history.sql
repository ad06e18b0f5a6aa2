-- Grain: one row per customer and period in which its status, plan, billing interval and place stood still
select
    account_id,
    valid_from,
    valid_to,
    valid_to is null as is_current,
    change_reason,
    account_name,
    account_status,
    previous_status,
    plan,
    previous_plan,
    billing_interval,
    country,
    region,
    churn_reason,
    is_internal,
    loaded_at
from {{ ref("int_customers__states") }}
