-- Grain: one row per experiment and user who saw a variant
-- Exposures and conversions are additive; a conversion counts within the experiment's window.
with
    signals as (
        select ids.user_id, signals.event, signals.flag_key, signals.variant, signals.event_at
        from {{ ref("int_product__signals") }} as signals
        inner join {{ ref("int_product__distinct_ids") }} as ids on signals.distinct_id = ids.distinct_id
    ),

    exposures as (
        select flag_key, user_id, min(event_at) as exposed_at, min_by(variant, event_at) as variant
        from signals
        where event = '$feature_flag_called'
        group by flag_key, user_id
    ),

    goals as (
        select event as goal_event, user_id, min(event_at) as reached_at
        from signals
        where event in (select goal_event from {{ ref("stg_launchdarkly__experiments") }})
        group by event, user_id
    )

select
    experiments.experiment_key,
    experiments.experiment_name,
    people.user_id,
    people.account_id,
    people.user_role,
    people.is_internal,
    exposures.variant,
    exposures.exposed_at,
    cast(exposures.exposed_at as date) as exposed_on,
    case when in_time.goal_event is not null then goals.reached_at end as converted_at,
    in_time.goal_event is not null as is_converted
from exposures
inner join {{ ref("stg_launchdarkly__experiments") }} as experiments on exposures.flag_key = experiments.flag_key
inner join {{ ref("int_product__people") }} as people on exposures.user_id = people.user_id
left join goals on experiments.goal_event = goals.goal_event and exposures.user_id = goals.user_id
left join
    goals as in_time
    on experiments.goal_event = in_time.goal_event
    and exposures.user_id = in_time.user_id
    and in_time.reached_at >= exposures.exposed_at
    and date_diff('second', exposures.exposed_at, in_time.reached_at) < 86400 * experiments.window_days
