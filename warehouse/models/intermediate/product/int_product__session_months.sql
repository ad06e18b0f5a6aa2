-- Grain: one row per user and month in which a session of theirs began
-- So that users need not be told from every session anew. The months of all days that fact_app_sessions made again
-- are made again.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="activity_month",
        tags=["stream"],
        meta={"grows_by": "activity_month"},
    )
}}
{%- set captured = ref("stg_posthog__events") %}
{%- set since = changed_since(captured, "event_at") if is_incremental() else "0001-01-01" %}
select
    user_id,
    cast(date_trunc('month', activity_date) as date) as activity_month,
    min(started_at) as first_session_at,
    max(started_at) as last_session_at,
    count(*) as sessions,
    max_by(platform, started_at) as last_platform,
    max(loaded_at) as loaded_at
from {{ whole(ref("fact_app_sessions")) }}
where activity_date >= cast(date_trunc('month', date '{{ since }}') as date)
group by user_id, cast(date_trunc('month', activity_date) as date)
