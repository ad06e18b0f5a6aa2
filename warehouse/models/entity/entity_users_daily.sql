-- Grain: one row per user and day on which the user was active within 28 days, that day included
-- Semi-additive: windows are of each day and are not summed over days; users are counted by rows.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="day",
        tags=["stream"],
        meta={"published": {"partition": "day"}},
    )
}}
{%- set since = changed_above(ref("fact_app_sessions"), "activity_date") if is_incremental() else "0001-01-01" %}
with
    active as (
        select
            user_id,
            activity_date,
            count(*) as sessions,
            cast(sum(session_seconds) as bigint) as session_seconds,
            cast(sum(events) as bigint) as events,
            cast(sum(error_events) as bigint) as error_events,
            max(loaded_at) as loaded_at
        from {{ ref("fact_app_sessions") }}
        where activity_date >= date '{{ since }}' - interval '27' day
        group by user_id, activity_date
    ),

    used as (
        select
            user_id,
            activity_date,
            cast(sum(cast(power(2, feature_number) as bigint)) as bigint) as features,
            cast(sum(uses) as bigint) as feature_events
        from {{ ref("fact_feature_usage") }}
        where activity_date >= date '{{ since }}' - interval '27' day
        group by user_id, activity_date
    ),

    user_days as (
        select
            active.user_id,
            active.activity_date,
            active.sessions,
            active.session_seconds,
            active.events,
            active.error_events,
            active.loaded_at,
            coalesce(used.features, 0) as features,
            coalesce(used.feature_events, 0) as feature_events
        from active
        left join used on active.user_id = used.user_id and active.activity_date = used.activity_date
    ),

    -- Every active day lights up the 28 days that begin with it.
    ahead as (
        {% for days in range(28) -%}
            select cast({{ days }} as bigint) as days {{ 'union all' if not loop.last }}
        {% endfor %}
    ),

    firsts as (
        select user_id, min(activity_date) as first_active_on from {{ ref("fact_app_sessions") }} group by user_id
    ),

    windows as (
        select
            user_days.user_id,
            cast(user_days.activity_date + ahead.days * interval '1' day as date) as day,
            min(ahead.days) as days_since_active,
            sum(case when ahead.days < 7 then 1 else 0 end) as active_days_7d,
            count(*) as active_days_28d,
            sum(user_days.sessions) as sessions_28d,
            {{ bits_union("user_days.features") }} as features_28d,
            max(case when ahead.days = 0 then user_days.features else 0 end) as features,
            max(case when ahead.days = 0 then user_days.sessions else 0 end) as sessions,
            max(case when ahead.days = 0 then user_days.session_seconds else 0 end) as session_seconds,
            max(case when ahead.days = 0 then user_days.events else 0 end) as events,
            max(case when ahead.days = 0 then user_days.feature_events else 0 end) as feature_events,
            max(case when ahead.days = 0 then user_days.error_events else 0 end) as error_events,
            max(user_days.loaded_at) as loaded_at
        from user_days
        cross join ahead
        where user_days.activity_date + ahead.days * interval '1' day >= date '{{ since }}'
        group by user_days.user_id, cast(user_days.activity_date + ahead.days * interval '1' day as date)
    )

select
    windows.user_id,
    windows.day,
    people.account_id,
    people.user_role,
    people.is_internal,
    windows.days_since_active = 0 as is_active,
    windows.days_since_active,
    cast(windows.active_days_7d as bigint) as active_days_7d,
    windows.active_days_28d,
    windows.days_since_active = 0
    and windows.active_days_28d = 1
    and firsts.first_active_on < windows.day as is_resurrected,
    windows.active_days_28d >= definitions.power_user_days as is_power_user,
    windows.sessions,
    windows.session_seconds,
    windows.events,
    windows.feature_events,
    windows.error_events,
    windows.features as features_mask,
    {{ bits_counted("windows.features") }} as features_used,
    windows.features_28d as features_28d_mask,
    {{ bits_counted("windows.features_28d") }} as features_used_28d,
    cast(windows.sessions_28d as bigint) as sessions_28d,
    100 * (
        definitions.recency_weight * (1 - windows.days_since_active / 28.0)
        + definitions.frequency_weight * least(windows.active_days_28d / definitions.frequency_full_days, 1)
        + definitions.breadth_weight
        * least({{ bits_counted("windows.features_28d") }} / definitions.breadth_full_features, 1)
    ) as user_engagement_score,
    windows.loaded_at
from windows
inner join {{ ref("int_product__people") }} as people on windows.user_id = people.user_id
inner join firsts on windows.user_id = firsts.user_id
cross join {{ ref("product_definitions") }} as definitions
where windows.day >= date '{{ since }}' and windows.day <= {{ last_day_simulated() }}
