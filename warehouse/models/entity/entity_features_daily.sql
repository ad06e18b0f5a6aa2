-- Grain: one row per launched feature and day
-- Uses are additive; users and windows are of each day, without our own tests.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="day",
        tags=["stream"],
        meta={"published": {"partition": "day"}},
    )
}}
{%- set since = changed_above(ref("entity_users_daily"), "day") if is_incremental() else "0001-01-01" %}
with
    features as (
        select flag_key as feature_key, feature_number from {{ ref("stg_launchdarkly__flags") }} where tag = 'feature'
    ),

    sets as (
        select
            now.day,
            now.features_mask,
            now.features_28d_mask,
            coalesce(before.features_28d_mask, 0) as features_before_mask,
            count(*) as users,
            max(now.loaded_at) as loaded_at
        from {{ ref("entity_users_daily") }} as now
        left join
            {{ ref("entity_users_daily") }} as before
            on now.user_id = before.user_id
            and now.day = before.day + interval '28' day
        where now.day >= date '{{ since }}' and not now.is_internal
        group by now.day, now.features_mask, now.features_28d_mask, coalesce(before.features_28d_mask, 0)
    ),

    monthly as (
        select day, cast(sum(users) as bigint) as monthly_active_users, max(loaded_at) as loaded_at
        from sets
        group by day
    ),

    counted as (
        select
            sets.day,
            features.feature_key,
            sum(
                case when {{ bits_hold("sets.features_mask", "features.feature_number") }} then sets.users else 0 end
            ) as users,
            sum(
                case
                    when {{ bits_hold("sets.features_28d_mask", "features.feature_number") }} then sets.users else 0
                end
            ) as users_28d,
            sum(
                case
                    when
                        {{ bits_hold("sets.features_28d_mask", "features.feature_number") }}
                        and {{ bits_hold("sets.features_before_mask", "features.feature_number") }}
                    then sets.users
                    else 0
                end
            ) as retained_users_28d
        from sets
        cross join features
        group by sets.day, features.feature_key
    ),

    used as (
        select activity_date, feature_key, cast(sum(uses) as bigint) as uses
        from {{ ref("fact_feature_usage") }}
        where activity_date >= date '{{ since }}' and not is_internal
        group by activity_date, feature_key
    )

select
    counted.feature_key,
    counted.day,
    cast(counted.users as bigint) as users,
    coalesce(used.uses, 0) as feature_events,
    cast(counted.users_28d as bigint) as users_28d,
    cast(counted.retained_users_28d as bigint) as retained_users_28d,
    monthly.monthly_active_users,
    cast(counted.users_28d as double) / monthly.monthly_active_users as feature_adoption_rate,
    monthly.loaded_at
from counted
inner join monthly on counted.day = monthly.day
left join used on counted.day = used.activity_date and counted.feature_key = used.feature_key
where counted.users_28d > 0
