-- Grain: one row per person with a login, as it stands now
with
    adoption as (
        select user_id, count(*) as features_used_ever, cast(sum(uses) as bigint) as feature_events
        from {{ ref("int_product__adoption") }}
        group by user_id
    ),

    steps as (
        select adoption.user_id, steps.step, adoption.first_used_at as reached_at
        from {{ ref("int_product__adoption") }} as adoption
        inner join {{ ref("stg_launchdarkly__flags") }} as flags on adoption.feature_key = flags.flag_key
        inner join {{ ref("activation_steps") }} as steps on flags.event_name = steps.event_name

        union all

        select ids.user_id, steps.step, min(signals.event_at) as reached_at
        from {{ ref("int_product__signals") }} as signals
        inner join {{ ref("activation_steps") }} as steps on signals.event = steps.event_name
        inner join {{ ref("int_product__distinct_ids") }} as ids on signals.distinct_id = ids.distinct_id
        group by ids.user_id, steps.step
    ),

    activation as (
        select user_id, count(distinct step) as steps_reached, max(reached_at) as reached_at from steps group by user_id
    ),

    activity as (
        select
            user_id,
            min(first_session_at) as first_session_at,
            max(last_session_at) as last_session_at,
            cast(sum(sessions) as bigint) as sessions,
            max_by(last_platform, last_session_at) as last_platform
        from {{ ref("int_product__session_months") }}
        group by user_id
    ),

    today as (select * from {{ whole(ref("entity_users_daily")) }} where day = {{ day_before_last(0) }})

select
    users.user_id,
    users.email,
    users.first_name,
    users.last_name,
    users.account_id,
    users.location_id,
    users.user_role,
    users.is_internal,
    users.account_id is null as is_without_account,
    users.created_at,
    cast(date_trunc('week', users.created_at) as date) as cohort_week,
    cast(date_trunc('month', users.created_at) as date) as signup_cohort,
    users.deleted_at,
    users.deleted_at is null as is_current_login,
    activity.first_session_at,
    activity.last_session_at,
    coalesce(activity.sessions, 0) as sessions,
    activity.last_platform,
    coalesce(adoption.features_used_ever, 0) as features_used_ever,
    coalesce(adoption.feature_events, 0) as feature_events,
    case
        when
            activation.steps_reached = 3
            and date_diff('second', users.created_at, activation.reached_at)
            < 86400 * definitions.activation_window_days
        then activation.reached_at
    end as activated_at,
    coalesce(
        activation.steps_reached = 3
        and date_diff('second', users.created_at, activation.reached_at) < 86400 * definitions.activation_window_days,
        false
    ) as is_activated,
    coalesce(today.active_days_28d, 0) as active_days_28d,
    coalesce(today.features_used_28d, 0) as features_used_28d,
    coalesce(today.is_power_user, false) as is_power_user,
    coalesce(today.user_engagement_score, 0) as user_engagement_score,
    case
        when users.deleted_at is not null
        then 'deleted'
        when activity.last_session_at is null
        then 'never_active'
        when today.user_id is null
        then 'dormant'
        when today.is_power_user
        then 'power'
        else 'casual'
    end as usage_segment,
    users.loaded_at
from {{ ref("int_product__people") }} as users
cross join {{ ref("product_definitions") }} as definitions
left join activity on users.user_id = activity.user_id
left join adoption on users.user_id = adoption.user_id
left join activation on users.user_id = activation.user_id
left join today on users.user_id = today.user_id
