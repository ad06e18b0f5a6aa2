-- Grain: one row per device and period in which its place, firmware, taps and installation stood still
-- A device's rows follow from its own versions alone: only devices of which one was loaded since are made again.
{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="device_id") }}
{%- set versions = source("app", "devices") %}
with
    versions as (
        select
            id as device_id,
            serial_number as device_serial,
            committed_at as changed_at,
            lsn,
            location_id,
            model as device_model,
            firmware_version,
            taps as tap_count,
            case when removed_at is null then 'installed' else 'removed' end as device_status,
            _loaded_at as loaded_at,
            row_number() over (partition by id, lsn order by _loaded_at) as copy
        from {{ versions }}
        {% if is_incremental() %}
            where id in (select id from {{ versions }} where _loaded_at > timestamp '{{ loaded_through() }}')
        {% endif %}
    ),

    steps as (
        select
            *,
            lag(location_id) over (partition by device_id order by lsn) as previous_location_id,
            lag(firmware_version) over (partition by device_id order by lsn) as previous_firmware_version,
            lag(tap_count) over (partition by device_id order by lsn) as previous_tap_count,
            lag(device_status) over (partition by device_id order by lsn) as previous_status
        from versions
        where copy = 1
    ),

    moves as (
        select
            *,
            case
                when previous_status is null
                then 'installed'
                when device_status <> previous_status
                then 'removed'
                when location_id <> previous_location_id
                then 'location'
                when firmware_version <> previous_firmware_version
                then 'firmware'
                when tap_count <> previous_tap_count
                then 'taps'
            end as change_reason
        from steps
    )

select
    device_id,
    device_serial,
    changed_at as valid_from,
    lead(changed_at) over (partition by device_id order by lsn) as valid_to,
    change_reason,
    location_id,
    device_model,
    firmware_version,
    previous_firmware_version,
    tap_count,
    previous_tap_count,
    device_status,
    loaded_at
from moves
where change_reason is not null
