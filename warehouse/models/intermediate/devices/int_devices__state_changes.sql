-- Grain: one row per connect, disconnect, fault or firmware update of a device
{{
    config(
        materialized="stream",
        unique_key=["device_serial", "boot", "sequence"],
        tags=["stream"],
        meta={"grows_by": "received_at", "none_earlier": true},
        full_refresh=false,
    )
}}
{% set slice = stream_slice() %}
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
    and {{ received_in(slice) }}
