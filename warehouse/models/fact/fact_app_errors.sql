-- Grain: one row per error in the app
select
    signals.event_id as error_id,
    people.user_id,
    people.account_id,
    people.is_internal,
    signals.event_at as occurred_at,
    signals.activity_date,
    signals.failed_feature_key as feature_key,
    case when signals.lib = 'mobile-app' then 'mobile' else 'web' end as platform,
    signals.app_version,
    signals.loaded_at
from {{ ref("int_product__signals") }} as signals
inner join {{ ref("int_product__distinct_ids") }} as ids on signals.distinct_id = ids.distinct_id
inner join {{ ref("int_product__people") }} as people on ids.user_id = people.user_id
where signals.event = '$exception'
