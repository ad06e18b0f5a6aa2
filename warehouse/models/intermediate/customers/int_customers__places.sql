-- Grain: one row per account and day from which its number of open locations or taps stood still
with
    versions as (
        select
            id as location_id,
            account_id,
            cast(committed_at as date) as changed_day,
            taps,
            case when closed_at is null then 1 else 0 end as is_open,
            row_number() over (partition by id, cast(committed_at as date) order by lsn desc, _loaded_at desc) as newest
        from {{ source("app", "locations") }}
    ),

    deltas as (
        select
            account_id,
            changed_day,
            is_open - coalesce(lag(is_open) over (partition by location_id order by changed_day), 0) as locations_added,
            is_open * taps
            - coalesce(lag(is_open * taps) over (partition by location_id order by changed_day), 0) as taps_added
        from versions
        where newest = 1
    ),

    days as (
        select account_id, changed_day, sum(locations_added) as locations_added, sum(taps_added) as taps_added
        from deltas
        group by account_id, changed_day
    )

select
    account_id,
    changed_day as from_day,
    lead(changed_day) over (partition by account_id order by changed_day) as to_day,
    cast(sum(locations_added) over (partition by account_id order by changed_day) as bigint) as open_locations,
    cast(sum(taps_added) over (partition by account_id order by changed_day) as bigint) as open_taps
from days
