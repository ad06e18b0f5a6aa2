-- Grain: one row per technician's visit to a device
-- Factless: the row itself is the fact that device, location and day met; minutes are additive.
select
    visits.visit_id,
    visits.device_id,
    devices.device_model,
    visits.location_id,
    locations.account_id,
    visits.visit_kind,
    visits.is_planned,
    visits.outcome,
    visits.technician_id,
    visits.started_at,
    visits.ended_at,
    cast({{ to_epoch("visits.ended_at") }} - {{ to_epoch("visits.started_at") }} as bigint) as visit_seconds,
    visits._loaded_at as loaded_at
from {{ ref("stg_app__maintenance_visits") }} as visits
left join {{ ref("int_devices__current") }} as devices on visits.device_id = devices.device_id
left join {{ ref("stg_app__locations") }} as locations on visits.location_id = locations.location_id
