-- Grain: one row per device and period in which its place, firmware, taps and installation stood still
select
    versions.device_id,
    versions.device_serial,
    versions.valid_from,
    versions.valid_to,
    versions.valid_to is null as is_current,
    versions.change_reason,
    versions.location_id,
    locations.account_id,
    versions.device_model,
    versions.firmware_version,
    versions.previous_firmware_version,
    versions.tap_count,
    versions.device_status,
    versions.loaded_at
from {{ ref("int_devices__versions") }} as versions
left join {{ ref("stg_app__locations") }} as locations on versions.location_id = locations.location_id
