-- Grain: one row per user and day on which the user was active within 28 days, that day included
-- Semi-additive: windows are of each day and are not summed over days; users are counted by rows.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="day",
        tags=["stream"],
        meta={"grows_by": "day", "published": {"partition": "day", "sorted_by": ["user_id", "day"]}},
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
        from {{ whole(ref("fact_app_sessions")) }}
        where activity_date >= date '{{ since }}' - interval '27' day
        group by user_id, activity_date
    ),

    used as (
        select
            user_id,
            activity_date,
            cast(sum(cast(power(2, feature_number) as bigint)) as bigint) as features,
            cast(sum(uses) as bigint) as feature_events
        from {{ whole(ref("fact_feature_usage")) }}
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

    -- An active day lights up the 28 days that begin with it, up to the next active one, which lights its own.
    ahead as (
        {% for days in range(28) -%}
            select cast({{ days }} as bigint) as days {{ 'union all' if not loop.last }}
        {% endfor %}
    ),

    spans as (
        select
            user_days.*,
            coalesce(
                date_diff('day', activity_date, lead(activity_date) over (partition by user_id order by activity_date)),
                28
            ) as days_until_active
        from user_days
    ),

    -- What counts only on the active day itself is nought on the days that it lights up.
    lit as (
        select
            spans.user_id,
            cast(spans.activity_date + ahead.days * interval '1' day as date) as day,
            ahead.days as days_since_active,
            case when ahead.days = 0 then 1 else 0 end as active_days,
            case when ahead.days = 0 then spans.sessions else 0 end as sessions,
            case when ahead.days = 0 then spans.session_seconds else 0 end as session_seconds,
            case when ahead.days = 0 then spans.events else 0 end as events,
            case when ahead.days = 0 then spans.feature_events else 0 end as feature_events,
            case when ahead.days = 0 then spans.error_events else 0 end as error_events,
            case when ahead.days = 0 then spans.features else 0 end as features,
            case when ahead.days = 0 then spans.loaded_at end as loaded_at
        from spans
        inner join ahead on ahead.days < spans.days_until_active
    ),

    firsts as (
        select user_id, min(activity_date) as first_active_on
        from {{ whole(ref("fact_app_sessions")) }}
        group by user_id
    ),

    -- Frames look back over the user's rows: a day without a row was not active.
    windows as (
        select
            user_id,
            day,
            days_since_active,
            sessions,
            session_seconds,
            events,
            feature_events,
            error_events,
            features,
            sum(active_days) over (
                partition by user_id order by day range between interval '6' day preceding and current row
            ) as active_days_7d,
            {%- set of_28_days %}
                partition by user_id order by day range between interval '27' day preceding and current row
            {%- endset %}
            sum(active_days) over ({{ of_28_days }}) as active_days_28d,
            sum(sessions) over ({{ of_28_days }}) as sessions_28d,
            {{ bits_union("features") }} over ({{ of_28_days }}) as features_28d,
            max(loaded_at) over ({{ of_28_days }}) as loaded_at
        from lit
        where day <= {{ last_day_simulated() }}
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
    cast(windows.active_days_28d as bigint) as active_days_28d,
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
where windows.day >= date '{{ since }}'
