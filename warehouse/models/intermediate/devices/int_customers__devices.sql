-- Grain: one row per account that has or had a device
select
    account_id,
    count(*) filter (where is_installed) as devices_installed,
    count(*) filter (where is_installed and is_active) as devices_active,
    count(distinct case when is_installed then location_id end) as locations_with_devices,
    min(installed_at) as first_installed_at,
    cast(sum(pours_7d) as bigint) as pours_7d,
    cast(sum(pours_28d) as bigint) as pours_28d,
    cast(sum(serve_ml_28d) as bigint) as serve_ml_28d,
    cast(sum(waste_ml_28d) as bigint) as waste_ml_28d,
    cast(sum(monitored_seconds_28d) as bigint) as monitored_seconds_28d,
    cast(sum(up_seconds_28d) as bigint) as up_seconds_28d,
    cast(sum(monitored_seconds_28d) - sum(up_seconds_28d) as bigint) as offline_seconds_28d,
    cast(sum(faults_28d) as bigint) as faults_28d,
    cast(sum(excursions_28d) as bigint) as excursions_28d,
    max(last_fault_at) as last_fault_at
from {{ ref("entity_devices") }}
where account_id is not null
group by account_id
