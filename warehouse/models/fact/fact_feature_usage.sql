-- Grain: one row per user, feature and day on which the user used it
-- Factless: that it happened is the fact; uses are additive.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="activity_date",
        tags=["stream"],
        full_refresh=false,
        meta={
            "grows_by": "activity_date",
            "published": {"partition": "activity_date", "sorted_by": ["user_id", "feature_key", "activity_date"]},
        },
    )
}}
{%- set captured = ref("stg_posthog__events") %}
{%- set since = changed_since(captured, "event_at") if is_incremental() else "0001-01-01" %}
with
    uses as (
        select
            ids.user_id,
            flags.feature_number,
            cast(events.event_at as date) as activity_date,
            sum(events.counted) as uses,
            min(events.event_at) as first_used_at,
            max(events._loaded_at) as loaded_at
        from {{ ref("int_product__app_events") }} as events
        inner join
            {{ ref("stg_launchdarkly__flags") }} as flags on events.event = flags.event_name and flags.tag = 'feature'
        inner join {{ ref("int_product__distinct_ids") }} as ids on events.distinct_id = ids.distinct_id
        where events.event_at >= timestamp '{{ since }} 00:00:00'
        group by ids.user_id, flags.feature_number, cast(events.event_at as date)
    )

select
    people.user_id,
    flags.flag_key as feature_key,
    uses.activity_date,
    people.account_id,
    people.user_role,
    people.is_internal,
    flags.feature_number,
    cast(uses.uses as bigint) as uses,
    uses.first_used_at,
    uses.loaded_at
from uses
inner join
    {{ ref("stg_launchdarkly__flags") }} as flags
    on uses.feature_number = flags.feature_number
    and flags.tag = 'feature'
inner join {{ ref("int_product__people") }} as people on uses.user_id = people.user_id
