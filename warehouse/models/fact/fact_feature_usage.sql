-- Grain: one row per user, feature and day on which the user used it
-- Factless: that it happened is the fact; uses are additive.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="activity_date",
        tags=["stream"],
        meta={"published": {"partition": "activity_date"}},
    )
}}
{%- set captured = ref("stg_posthog__events") %}
{%- set since = changed_since(captured, "event_at") if is_incremental() else "0001-01-01" %}
with
    days as (
        select
            events.distinct_id,
            events.event,
            cast(events.event_at as date) as activity_date,
            count(*) as uses,
            min(events.event_at) as first_used_at,
            max(events._loaded_at) as loaded_at
        from {{ ref("int_product__app_events") }} as events
        where events.event_at >= timestamp '{{ since }} 00:00:00'
        group by events.distinct_id, events.event, cast(events.event_at as date)
    )

select
    people.user_id,
    flags.flag_key as feature_key,
    days.activity_date,
    min(people.account_id) as account_id,
    min(people.user_role) as user_role,
    bool_or(people.is_internal) as is_internal,
    min(flags.feature_number) as feature_number,
    cast(sum(days.uses) as bigint) as uses,
    min(days.first_used_at) as first_used_at,
    max(days.loaded_at) as loaded_at
from days
inner join {{ ref("stg_launchdarkly__flags") }} as flags on days.event = flags.event_name and flags.tag = 'feature'
inner join {{ ref("int_product__distinct_ids") }} as ids on days.distinct_id = ids.distinct_id
inner join {{ ref("int_product__people") }} as people on ids.user_id = people.user_id
group by people.user_id, flags.flag_key, days.activity_date
