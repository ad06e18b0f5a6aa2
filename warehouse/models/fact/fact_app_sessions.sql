-- Grain: one row per session in the app
-- Additive: sessions, seconds, events.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="activity_date",
        tags=["stream"],
        full_refresh=false,
        meta={"grows_by": "activity_date", "published": {"partition": "activity_date"}},
    )
}}
{%- set captured = ref("stg_posthog__events") %}
{%- set since = changed_since(captured, "event_at") if is_incremental() else "0001-01-01" %}
with
    sessions as (
        select
            events.session_id,
            -- A session may begin signed out: then the person is who signed in.
            coalesce(
                max(case when events.event = '$identify' then events.distinct_id end), max(events.distinct_id)
            ) as distinct_id,
            min(events.event_at) as started_at,
            max(events.event_at) as ended_at,
            sum(events.counted) as events,
            sum(case when events.event = '$exception' then events.counted else 0 end) as error_events,
            max(events.lib) as lib,
            max({{ json_value("events.properties", "$app_version") }}) as app_version,
            max(events._loaded_at) as loaded_at
        from {{ ref("int_product__app_events") }} as events
        where events.event_at >= timestamp '{{ since }} 00:00:00'
        group by events.session_id
    )

select
    sessions.session_id,
    people.user_id,
    people.account_id,
    people.user_role,
    people.is_internal,
    cast(sessions.started_at as date) as activity_date,
    sessions.started_at,
    sessions.ended_at,
    {{ to_epoch("sessions.ended_at") }} - {{ to_epoch("sessions.started_at") }} as session_seconds,
    cast(sessions.events as bigint) as events,
    cast(sessions.error_events as bigint) as error_events,
    case when sessions.lib = 'mobile-app' then 'mobile' else 'web' end as platform,
    sessions.app_version,
    sessions.loaded_at
from sessions
inner join {{ ref("int_product__people") }} as people on try_cast(sessions.distinct_id as bigint) = people.user_id
