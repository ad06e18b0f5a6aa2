-- Grain: one row per message that was sent again, and whether it counts
-- A message sent again counts when its first sending never arrived. That one arrives earlier, by at
-- most the two days for which controllers try again: three are looked back upon.
{{
    config(
        materialized="incremental",
        incremental_strategy="window",
        unique_key=["device_serial", "boot", "sequence", "received_seconds"],
        tags=["stream"],
        meta={"window_time": "received_at", "window_from": "copies_window"},
        full_refresh=false,
    )
}}
{% set window = copies_window() %}
with
    again as (select * from {{ ref("stg_telemetry__events") }} where is_redelivered and {{ in_window(window) }}),

    arrived as (
        select distinct first.device_serial, first.boot, first.sequence
        from {{ ref("stg_telemetry__events") }} as first
        inner join
            again
            on first.device_serial = again.device_serial
            and first.boot = again.boot
            and first.sequence = again.sequence
        where
            not first.is_redelivered
            and first._loaded_at > timestamp '{{ window.from_day }} 00:00:00' - interval '3' day
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
