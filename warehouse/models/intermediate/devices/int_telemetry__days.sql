-- Grain: one row per device, UTC day on which its messages count and UTC day on which they were received
-- Additive. Kept for ever: days whose raw events have gone are sealed. A received day's rows are made of
-- that day's messages alone, so nothing that comes later changes them.
{{
    config(
        materialized="stream",
        unique_key=["device_serial", "day", "received_day"],
        tags=["stream"],
        full_refresh=false,
        meta={"window_time": "received_day", "none_earlier": true},
    )
}}
{% set slice = stream_slice() %}
with
    messages as (
        select
            device_serial,
            effective_seconds - effective_seconds % 86400 as day_seconds,
            received_seconds - received_seconds % 86400 as received_day_seconds,
            false as is_copy,
            event_type,
            flow_kind,
            cast(volume_ml as integer) as volume_ml,
            cast(temperature_dc as integer) as temperature_dc,
            cast(empty_seconds as integer) as empty_seconds,
            fault_kind,
            _loaded_at as loaded_at
        from {{ ref("stg_telemetry__events") }}
        where not is_redelivered and {{ received_in(slice) }}
    ),

    -- What was sent again takes part where it counts, and is counted as a copy where it does not.
    again as (
        select
            device_serial,
            effective_seconds - effective_seconds % 86400 as day_seconds,
            received_seconds - received_seconds % 86400 as received_day_seconds,
            not is_counted as is_copy,
            case when is_counted then event_type end as event_type,
            case when is_counted then flow_kind end as flow_kind,
            cast(volume_ml as integer) as volume_ml,
            case when is_counted then cast(temperature_dc as integer) end as temperature_dc,
            case when is_counted then cast(empty_seconds as integer) end as empty_seconds,
            case when is_counted then fault_kind end as fault_kind,
            loaded_at
        from {{ ref("int_telemetry__redelivered") }}
        where received_seconds >= {{ slice.from_seconds }} and received_seconds < {{ slice.to_seconds }}
    ),

    summed as (
        select
            device_serial,
            day_seconds,
            received_day_seconds,
            count(case when flow_kind = 'serve' then 1 end) as pours,
            sum(case when flow_kind = 'serve' then volume_ml end) as serve_ml,
            sum(case when flow_kind = 'foam' then volume_ml end) as foam_ml,
            sum(case when flow_kind = 'spill' then volume_ml end) as spill_ml,
            sum(case when flow_kind = 'clean' then volume_ml end) as clean_ml,
            sum(case when event_type = 'keg_change' then volume_ml end) as leftover_ml,
            count(temperature_dc) as readings,
            count(
                case
                    when
                        temperature_dc < definitions.temperature_low_dc
                        or temperature_dc > definitions.temperature_high_dc
                    then 1
                end
            ) as excursions,
            sum(temperature_dc) as temperature_sum_dc,
            count(case when event_type = 'keg_change' then 1 end) as keg_changes,
            sum(empty_seconds) as empty_seconds,
            count(fault_kind) as faults,
            count(case when not is_copy then 1 end) as events,
            count(case when is_copy then 1 end) as copies,
            count(case when is_first and day_seconds < received_day_seconds then 1 end) as late_events,
            max(loaded_at) as loaded_at
        from
            (
                select *, true as is_first
                from messages
                union all
                select *, false as is_first
                from again
            )
        cross join {{ ref("device_definitions") }} as definitions
        group by device_serial, day_seconds, received_day_seconds
    )

select
    device_serial,
    cast({{ from_epoch("day_seconds") }} as date) as day,
    cast({{ from_epoch("received_day_seconds") }} as date) as received_day,
    {%- for column in hour_sums() %} cast(coalesce({{ column }}, 0) as bigint) as {{ column }}, {%- endfor %}
    copies,
    late_events,
    loaded_at
from summed
