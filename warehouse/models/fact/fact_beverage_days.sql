-- Grain: one row per device, beverage and UTC day on which it flowed
-- Additive. Kept for ever: days whose raw events have gone are sealed.
{{
    config(
        materialized="stream",
        unique_key=["device_serial", "beverage_id", "day"],
        tags=["stream"],
        full_refresh=false,
        meta={
            "grows_by": "day",
            "added": ["pours", "serve_ml", "wasted_flow_ml"],
            "published": {"partition": "day", "sorted_by": ["device_serial", "beverage_id", "day"]},
        },
    )
}}
{% set slice = stream_slice() %}
with
    messages as ({{ counted_messages(slice) }}),

    summed as (
        select
            device_serial,
            beverage_id,
            effective_seconds - effective_seconds % 86400 as day_seconds,
            count(case when flow_kind = 'serve' then 1 end) as pours,
            sum(case when flow_kind = 'serve' then volume_ml end) as serve_ml,
            sum(case when flow_kind <> 'serve' then volume_ml end) as wasted_flow_ml,
            max(loaded_at) as loaded_at
        from messages
        where event_type = 'pour' and {{ counts_in(slice, "loaded_at") }}
        group by device_serial, beverage_id, effective_seconds - effective_seconds % 86400
    )

select
    device_serial,
    beverage_id,
    cast({{ from_epoch("day_seconds") }} as date) as day,
    pours,
    cast(coalesce(serve_ml, 0) as bigint) as serve_ml,
    cast(coalesce(wasted_flow_ml, 0) as bigint) as wasted_flow_ml,
    loaded_at
from summed
