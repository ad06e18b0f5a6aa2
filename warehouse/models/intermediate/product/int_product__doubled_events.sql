-- Grain: one row per in-app event that the tracker holds more than once
{{
    config(
        materialized="incremental", incremental_strategy="delete+insert", unique_key="activity_date", tags=["stream"]
    )
}}
{%- set since = changed_since(ref("stg_posthog__events"), "event_at") if is_incremental() else "0001-01-01" %}
select event_id, cast(min(event_at) as date) as activity_date, count(*) as copies, max(_loaded_at) as loaded_at
from {{ ref("stg_posthog__events") }}
where lib in ('web-app', 'mobile-app') and event_at >= timestamp '{{ since }} 00:00:00'
group by event_id
having count(*) > 1
