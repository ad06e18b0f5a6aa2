-- Grain: one row per in-app event
-- A view: what reads it says from which instant, so that only those files are read.
{{ config(materialized="view") }}
select
    events.event_id,
    events.event,
    events.distinct_id,
    events.event_at,
    events.session_id,
    events.lib,
    events.account_id,
    events.properties,
    events._loaded_at
from {{ ref("stg_posthog__events") }} as events
left join {{ ref("int_product__doubled_events") }} as doubled on events.event_id = doubled.event_id
where events.lib in ('web-app', 'mobile-app') and doubled.event_id is null

union all

select
    events.event_id,
    min(events.event) as event,
    min(events.distinct_id) as distinct_id,
    min(events.event_at) as event_at,
    min(events.session_id) as session_id,
    min(events.lib) as lib,
    min(events.account_id) as account_id,
    min(events.properties) as properties,
    min(events._loaded_at) as _loaded_at
from {{ ref("stg_posthog__events") }} as events
inner join
    {{ ref("int_product__doubled_events") }} as doubled
    on events.event_id = doubled.event_id
    and cast(events.event_at as date) = doubled.activity_date
group by events.event_id
