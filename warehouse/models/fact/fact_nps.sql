-- Grain: one row per answer to the survey in the app
select
    signals.event_id as response_id,
    people.user_id,
    people.account_id,
    people.user_role,
    people.is_internal,
    signals.event_at as responded_at,
    cast(signals.event_at as date) as responded_on,
    signals.survey_score as score,
    case
        when signals.survey_score >= 9 then 'promoter' when signals.survey_score >= 7 then 'passive' else 'detractor'
    end as nps_group,
    signals.loaded_at
from {{ ref("int_product__signals") }} as signals
inner join {{ ref("int_product__distinct_ids") }} as ids on signals.distinct_id = ids.distinct_id
inner join {{ ref("int_product__people") }} as people on ids.user_id = people.user_id
where signals.event = 'survey sent' and signals.survey_score is not null
