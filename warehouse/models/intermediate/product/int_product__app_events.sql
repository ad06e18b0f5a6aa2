-- Grain: one row per record of an in-app event, and one per doubled event that takes its copies back
-- A copy is its event again, so only counts go wrong by it: `counted` is 1 for a record and below nought for what
-- takes copies back. Events are summed by it; the least and the greatest of a column need no care, and millions of
-- events need no comparing with the few doubled ones.
-- A view: what reads it says from which instant, so that only those files are read.
{{ config(materialized="view") }}
select event_id, event, distinct_id, event_at, session_id, lib, properties, cast(1 as bigint) as counted, _loaded_at
from {{ ref("stg_posthog__events") }}
where lib in ('web-app', 'mobile-app')

union all

select
    event_id, event, distinct_id, event_at, session_id, lib, properties, 1 - copies as counted, loaded_at as _loaded_at
from {{ ref("int_product__doubled_events") }}
