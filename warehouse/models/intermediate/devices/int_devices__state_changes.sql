-- Grain: one row per connect, disconnect, fault or firmware update of a device
{{
    config(
        materialized="incremental",
        incremental_strategy="window",
        unique_key=["device_serial", "boot", "sequence"],
        tags=["stream"],
        meta={"window_time": "received_at"},
        full_refresh=false,
    )
}}
{% set window = stream_window() %}
select
    device_serial,
    boot,
    sequence,
    event_type,
    {{ from_epoch("effective_seconds") }} as occurred_at,
    {{ from_epoch("received_seconds") }} as received_at,
    received_seconds,
    fault_kind,
    firmware_version,
    _loaded_at as loaded_at
from {{ ref("stg_telemetry__events") }}
where
    event_type in ('connect', 'disconnect', 'fault', 'firmware_update')
    and not is_redelivered
    and {{ in_window(window) }}
