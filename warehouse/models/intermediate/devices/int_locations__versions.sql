-- Grain: one row per location and period in which its account, taps and status stood still
with
    versions as (
        select
            id as location_id,
            account_id,
            committed_at as changed_at,
            lsn,
            name as location_name,
            country,
            region,
            timezone,
            taps as tap_count,
            case when closed_at is null then 'open' else 'closed' end as location_status,
            _loaded_at as loaded_at,
            row_number() over (partition by id, lsn order by _loaded_at) as copy
        from {{ source("app", "locations") }}
    ),

    steps as (
        select
            *,
            lag(account_id) over (partition by location_id order by lsn) as previous_account_id,
            lag(tap_count) over (partition by location_id order by lsn) as previous_tap_count,
            lag(location_status) over (partition by location_id order by lsn) as previous_status
        from versions
        where copy = 1
    ),

    moves as (
        select
            *,
            case
                when previous_status is null
                then 'opened'
                when location_status <> previous_status
                then location_status
                when account_id <> previous_account_id
                then 'account'
                when tap_count <> previous_tap_count
                then 'taps'
            end as change_reason
        from steps
    )

select
    location_id,
    account_id,
    changed_at as valid_from,
    lead(changed_at) over (partition by location_id order by lsn) as valid_to,
    change_reason,
    location_name,
    country,
    region,
    timezone,
    tap_count,
    previous_tap_count,
    location_status,
    previous_status,
    loaded_at
from moves
where change_reason is not null
