-- Grain: one row per account and period in which status, plan, interval and place stood still
with
    versions as (
        select
            id as account_id,
            committed_at as changed_at,
            lsn,
            _loaded_at as loaded_at,
            name as account_name,
            status as account_status,
            plan,
            billing_interval,
            country,
            region,
            churn_reason,
            is_internal,
            row_number() over (partition by id, lsn order by _loaded_at) as copy
        from {{ source("app", "accounts") }}
    ),

    steps as (
        select
            *,
            lag(account_status) over (partition by account_id order by lsn) as previous_status,
            lag(plan) over (partition by account_id order by lsn) as previous_plan,
            lag(billing_interval) over (partition by account_id order by lsn) as previous_interval,
            lag(region) over (partition by account_id order by lsn) as previous_region,
            lag(account_name) over (partition by account_id order by lsn) as previous_name
        from versions
        where copy = 1
    ),

    moves as (
        select
            *,
            case
                when previous_status is null
                then 'created'
                when account_status <> previous_status
                then 'status'
                when plan <> previous_plan
                then 'plan'
                when billing_interval <> previous_interval
                then 'billing_interval'
                when region <> previous_region
                then 'region'
                when account_name <> previous_name
                then 'name'
            end as change_reason
        from steps
    )

select
    account_id,
    changed_at as valid_from,
    lead(changed_at) over (partition by account_id order by lsn) as valid_to,
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
from moves
where change_reason is not null
