-- Grain: one row per launched feature and day
-- Uses are additive; users and windows are of each day, without our own tests.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="day",
        tags=["stream"],
        meta={"grows_by": "day", "published": {"partition": "day"}},
    )
}}
{%- set since = changed_above(ref("entity_users_daily"), "day") if is_incremental() else "0001-01-01" %}
with
    features as (
        select flag_key as feature_key, feature_number from {{ ref("stg_launchdarkly__flags") }} where tag = 'feature'
    ),

    monthly as (
        select day, count(*) as monthly_active_users, max(loaded_at) as loaded_at
        from {{ whole(ref("entity_users_daily")) }}
        where day >= date '{{ since }}' and not is_internal
        group by day
    ),

    -- Many people have the same set: features are looked for in sets, and not in people.
    sets as (
        select day, 'of the day' as kind, features_mask as features, count(*) as users
        from {{ whole(ref("entity_users_daily")) }}
        where day >= date '{{ since }}' and not is_internal
        group by day, features_mask

        union all

        select day, 'of 28 days' as kind, features_28d_mask as features, count(*) as users
        from {{ whole(ref("entity_users_daily")) }}
        where day >= date '{{ since }}' and not is_internal
        group by day, features_28d_mask

        union all

        select
            now.day,
            'retained' as kind,
            {{ bits_shared("now.features_28d_mask", "before.features_28d_mask") }} as features,
            count(*) as users
        from {{ whole(ref("entity_users_daily")) }} as now
        inner join
            {{ whole(ref("entity_users_daily")) }} as before
            on now.user_id = before.user_id
            and now.day = cast(before.day + interval '28' day as date)
            and before.day >= date '{{ since }}' - interval '28' day
        where now.day >= date '{{ since }}' and not now.is_internal
        group by now.day, {{ bits_shared("now.features_28d_mask", "before.features_28d_mask") }}
    ),

    counted as (
        select
            sets.day,
            features.feature_key,
            sum(case when sets.kind = 'of the day' then sets.users else 0 end) as users,
            sum(case when sets.kind = 'of 28 days' then sets.users else 0 end) as users_28d,
            sum(case when sets.kind = 'retained' then sets.users else 0 end) as retained_users_28d
        from sets
        inner join features on {{ bits_hold("sets.features", "features.feature_number") }}
        group by sets.day, features.feature_key
    ),

    used as (
        select activity_date, feature_key, cast(sum(uses) as bigint) as uses
        from {{ whole(ref("fact_feature_usage")) }}
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
