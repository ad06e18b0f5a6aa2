-- Grain: one row per location, as it stands now
with
    devices as (
        select
            location_id,
            count(*) filter (where is_installed) as devices_installed,
            min(installed_at) as first_installed_at,
            sum(case when is_installed then tap_count else 0 end) as taps_installed,
            sum(pours_7d) as pours_7d,
            sum(pours_28d) as pours_28d,
            sum(serve_ml_28d) as serve_ml_28d,
            sum(waste_ml_28d) as waste_ml_28d,
            sum(readings_28d) as readings_28d,
            sum(excursions_28d) as excursions_28d,
            sum(monitored_seconds_28d) as monitored_seconds_28d,
            sum(up_seconds_28d) as up_seconds_28d,
            sum(faults_28d) as faults_28d,
            max(last_seen_on) as last_seen_on
        from {{ ref("entity_devices") }}
        group by location_id
    ),

    states as (
        select location_id, max(case when is_current then previous_tap_count end) as previous_tap_count
        from {{ ref("entity_locations_history") }}
        group by location_id
    ),

    visits as (
        select
            location_id, max(ended_at) as last_visit_at, max(case when is_planned then ended_at end) as last_planned_at
        from {{ ref("fact_maintenance") }}
        group by location_id
    ),

    scored as (
        select
            devices.*,
            health.uptime_points * devices.up_seconds_28d / nullif(devices.monitored_seconds_28d, 0) as uptime_points,
            health.quality_points
            / 2
            * greatest(0.0, 1 - devices.excursions_28d / nullif(health.worst_excursion_share * devices.readings_28d, 0))
            + health.quality_points
            / 2
            * greatest(
                0.0,
                1
                - devices.waste_ml_28d
                / nullif(health.worst_waste_share * (devices.serve_ml_28d + devices.waste_ml_28d), 0)
            ) as quality_points,
            health.fault_points * greatest(
                0.0, 1 - devices.faults_28d / nullif(health.worst_faults_per_device * devices.devices_installed, 0)
            ) as fault_points,
            case
                when visits.last_planned_at > {{ simulated_now() }} - health.service_days * interval '1' day
                then health.maintenance_points
                else health.maintenance_points / 2
            end as maintenance_points,
            visits.last_visit_at
        from devices
        cross join {{ ref("device_definitions") }} as health
        left join visits on devices.location_id = visits.location_id
    )

select
    locations.location_id,
    locations.account_id,
    locations.location_name,
    locations.country,
    locations.region,
    locations.timezone,
    locations.latitude,
    locations.longitude,
    locations.tap_count,
    states.previous_tap_count,
    locations.closed_at is null as is_open,
    locations.created_at,
    locations.closed_at,
    coalesce(scored.devices_installed, 0) as devices_installed,
    cast(coalesce(scored.taps_installed, 0) as bigint) as taps_installed,
    scored.first_installed_at,
    scored.last_seen_on,
    coalesce(scored.pours_7d, 0) > 0 as is_active,
    cast(coalesce(scored.pours_7d, 0) as bigint) as pours_7d,
    cast(coalesce(scored.pours_28d, 0) as bigint) as pours_28d,
    cast(coalesce(scored.serve_ml_28d, 0) as bigint) as serve_ml_28d,
    cast(coalesce(scored.waste_ml_28d, 0) as bigint) as waste_ml_28d,
    cast(coalesce(scored.monitored_seconds_28d, 0) as bigint) as monitored_seconds_28d,
    cast(coalesce(scored.up_seconds_28d, 0) as bigint) as up_seconds_28d,
    cast(coalesce(scored.faults_28d, 0) as bigint) as faults_28d,
    scored.last_visit_at,
    cast(scored.uptime_points as double) as uptime_points,
    cast(scored.quality_points as double) as quality_points,
    cast(scored.fault_points as double) as fault_points,
    cast(scored.maintenance_points as double) as maintenance_points,
    cast(
        scored.uptime_points + scored.quality_points + scored.fault_points + scored.maintenance_points as double
    ) as location_health_score,
    locations._loaded_at as loaded_at
from {{ ref("stg_app__locations") }} as locations
left join scored on locations.location_id = scored.location_id
left join states on locations.location_id = states.location_id
