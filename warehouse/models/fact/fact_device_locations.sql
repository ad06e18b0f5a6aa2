-- Grain: one row per device and stay at a location
-- Factless: the row itself is the fact that a device stood at a location from one instant to another.
select
    devices.device_id,
    devices.location_id,
    locations.account_id,
    devices.installed_at,
    devices.removed_at,
    devices.replaces_device_id,
    devices.loaded_at
from {{ ref("int_devices__current") }} as devices
left join {{ ref("stg_app__locations") }} as locations on devices.location_id = locations.location_id
