-- Grain: one row per user, feature and month in which the user used it
-- So that adoption need not be counted from every day anew. The months of all days that fact_feature_usage made
-- again are made again.
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
    feature_key,
    cast(date_trunc('month', activity_date) as date) as activity_month,
    min(feature_number) as feature_number,
    min(first_used_at) as first_used_at,
    max(activity_date) as last_used_on,
    count(*) as days_used,
    cast(sum(uses) as bigint) as uses,
    max(loaded_at) as loaded_at
from {{ whole(ref("fact_feature_usage")) }}
where activity_date >= cast(date_trunc('month', date '{{ since }}') as date)
group by user_id, feature_key, cast(date_trunc('month', activity_date) as date)
