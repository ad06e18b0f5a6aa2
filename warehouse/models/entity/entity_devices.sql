-- Grain: one row per device, as it stands now
with
    histories as (
        select
            device_id,
            max(case when is_current then firmware_version end) as firmware_version,
            max_by(previous_firmware_version, valid_from) filter (
                where change_reason = 'firmware'
            ) as previous_firmware_version,
            max(case when change_reason = 'firmware' then valid_from end) as firmware_updated_at
        from {{ ref("entity_devices_history") }}
        group by device_id
    ),

    faults as (
        select
            device_id,
            count(*) as faults,
            max(occurred_at) as last_fault_at,
            max_by(fault_kind, occurred_at) as last_fault_kind
        from {{ ref("fact_device_faults") }}
        group by device_id
    ),

    visits as (
        select device_id, count(*) as visits, max(case when is_planned then ended_at end) as last_planned_visit_at
        from {{ ref("fact_maintenance") }}
        group by device_id
    ),

    -- Version texts do not sort; the newest release is the one that was seen last for the first time.
    newest as (
        select max_by(firmware_version, first_seen_at) as firmware_version
        from
            (
                select firmware_version, min(valid_from) as first_seen_at
                from {{ ref("entity_devices_history") }}
                group by firmware_version
            )
    )

select
    devices.device_id,
    devices.device_serial,
    devices.device_model,
    devices.location_id,
    locations.account_id,
    locations.country,
    locations.region,
    locations.timezone,
    devices.removed_at is null as is_installed,
    devices.installed_at,
    devices.removed_at,
    devices.replaces_device_id,
    devices.tap_count,
    histories.firmware_version,
    histories.previous_firmware_version,
    histories.firmware_updated_at,
    coalesce(histories.firmware_version = newest.firmware_version, false) as is_firmware_current,
    recent.last_seen_on,
    coalesce(recent.last_seen_on = {{ last_day_simulated() }}, false) as is_active,
    coalesce(recent.pours_28d, 0) as pours_28d,
    coalesce(recent.pours_7d, 0) as pours_7d,
    coalesce(recent.serve_ml_28d, 0) as serve_ml_28d,
    coalesce(
        recent.foam_ml_28d + recent.spill_ml_28d + recent.clean_ml_28d + recent.leftover_ml_28d, 0
    ) as waste_ml_28d,
    coalesce(recent.readings_28d, 0) as readings_28d,
    coalesce(recent.excursions_28d, 0) as excursions_28d,
    coalesce(recent.monitored_seconds_28d, 0) as monitored_seconds_28d,
    coalesce(recent.up_seconds_28d, 0) as up_seconds_28d,
    coalesce(recent.faults_28d, 0) as faults_28d,
    cast(coalesce(faults.faults, 0) as bigint) as faults,
    faults.last_fault_at,
    faults.last_fault_kind,
    cast(coalesce(visits.visits, 0) as bigint) as visits,
    visits.last_planned_visit_at,
    devices.loaded_at
from {{ ref("int_devices__current") }} as devices
cross join newest
left join {{ ref("stg_app__locations") }} as locations on devices.location_id = locations.location_id
left join histories on devices.device_id = histories.device_id
left join {{ ref("int_devices__recent") }} as recent on devices.device_serial = recent.device_serial
left join faults on devices.device_id = faults.device_id
left join visits on devices.device_id = visits.device_id
