-- Grain: one row per product event that is no use of a feature
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
    feature_events as (select event_name from {{ ref("stg_launchdarkly__flags") }} where tag = 'feature'),

    events as (
        select events.*, row_number() over (partition by events.event_id order by events._loaded_at) as copy
        from {{ ref("stg_posthog__events") }} as events
        left join feature_events on events.event = feature_events.event_name
        where
            events.lib in ('web-app', 'mobile-app', 'server')
            and feature_events.event_name is null
            and events.event_at >= timestamp '{{ since }} 00:00:00'
    )

select
    event_id,
    event,
    distinct_id,
    event_at,
    cast(event_at as date) as activity_date,
    session_id,
    lib,
    try_cast(account_id as bigint) as account_id,
    {{ json_value("properties", "$app_version") }} as app_version,
    {{ json_value("properties", "$anon_distinct_id") }} as anonymous_id,
    {{ json_value("properties", "$feature_flag") }} as flag_key,
    {{ json_value("properties", "$feature_flag_response") }} as variant,
    {{ json_value("properties", "feature") }} as failed_feature_key,
    try_cast({{ json_value("properties", "$survey_response") }} as bigint) as survey_score,
    _loaded_at as loaded_at
from events
where copy = 1
