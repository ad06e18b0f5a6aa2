-- Grain: one row per feature of the product, as it stands now
with
    launches as (
        select feature_key, min(valid_from) as launched_at
        from {{ ref("int_product__feature_states") }}
        where feature_status = 'launched'
        group by feature_key
    ),

    adoption as (
        select
            adoption.feature_key,
            count(*) as users_ever,
            min(adoption.first_used_at) as first_used_at,
            cast(sum(adoption.uses) as bigint) as feature_events
        from {{ ref("int_product__adoption") }} as adoption
        inner join {{ ref("int_product__people") }} as people on adoption.user_id = people.user_id
        where not people.is_internal
        group by adoption.feature_key
    ),

    today as (select * from {{ whole(ref("entity_features_daily")) }} where day = {{ day_before_last(0) }})

select
    states.feature_key,
    states.feature_name,
    states.feature_number,
    states.event_name,
    states.feature_status,
    states.previous_status,
    states.rollout_share,
    states.created_at,
    launches.launched_at,
    adoption.first_used_at,
    coalesce(adoption.users_ever, 0) as users_ever,
    coalesce(adoption.feature_events, 0) as feature_events,
    coalesce(today.users, 0) as users,
    coalesce(today.users_28d, 0) as users_28d,
    coalesce(today.feature_adoption_rate, 0) as feature_adoption_rate,
    states.loaded_at
from {{ ref("int_product__feature_states") }} as states
left join launches on states.feature_key = launches.feature_key
left join adoption on states.feature_key = adoption.feature_key
left join today on states.feature_key = today.feature_key
where states.valid_to is null
