-- Grain: one row per message that was sent again, and whether it counts
-- A message sent again counts when its first sending never arrived. That one arrives earlier, by at
-- most the two days for which controllers try again: three are looked back upon.
{{
    config(
        materialized="stream",
        unique_key=["device_serial", "boot", "sequence", "received_seconds"],
        tags=["stream"],
        meta={"grows_by": "received_at", "window_from": "copies_window", "none_earlier": true},
        full_refresh=false,
    )
}}
{% set slice = stream_slice() %}
with
    again as (select * from {{ ref("stg_telemetry__events") }} where is_redelivered and {{ received_in(slice) }}),

    arrived as (
        select distinct device_serial, boot, sequence
        from {{ ref("stg_telemetry__events") }}
        where
            not is_redelivered
            and _loaded_at > timestamp '{{ slice.from_day }} 00:00:00' - interval '3' day
            and received_seconds < {{ slice.to_seconds }}
            and (device_serial, boot, sequence) in (select device_serial, boot, sequence from again)
    )

select
    again.device_serial,
    again.boot,
    again.sequence,
    again.event_type,
    {{ from_epoch("again.received_seconds") }} as received_at,
    again.received_seconds,
    again.effective_seconds,
    again.flow_kind,
    again.volume_ml,
    again.beverage_id,
    again.temperature_dc,
    again.empty_seconds,
    again.fault_kind,
    arrived.device_serial is null as is_counted,
    again._loaded_at as loaded_at
from again
left join
    arrived
    on again.device_serial = arrived.device_serial
    and again.boot = arrived.boot
    and again.sequence = arrived.sequence
