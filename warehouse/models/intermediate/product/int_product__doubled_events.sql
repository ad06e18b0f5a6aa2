-- Grain: one row per in-app event that the tracker holds more than once
-- Millions of ids are compared by their hashes, which are short; ids only where two hashes are equal.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="activity_date",
        tags=["stream"],
        full_refresh=false,
        meta={"grows_by": "activity_date"},
    )
}}
{%- set since = changed_since(ref("stg_posthog__events"), "event_at") if is_incremental() else "0001-01-01" %}
with
    twice as (
        select {{ text_hash("event_id") }} as id_hash
        from {{ ref("stg_posthog__events") }}
        where lib in ('web-app', 'mobile-app') and event_at >= timestamp '{{ since }} 00:00:00'
        group by {{ text_hash("event_id") }}
        having count(*) > 1
    )

select
    event_id,
    min(event) as event,
    min(distinct_id) as distinct_id,
    min(event_at) as event_at,
    cast(min(event_at) as date) as activity_date,
    min(session_id) as session_id,
    min(lib) as lib,
    min(properties) as properties,
    count(*) as copies,
    max(_loaded_at) as loaded_at
from {{ ref("stg_posthog__events") }}
where
    lib in ('web-app', 'mobile-app')
    and event_at >= timestamp '{{ since }} 00:00:00'
    and {{ text_hash("event_id") }} in (select id_hash from twice)
group by event_id
having count(*) > 1
