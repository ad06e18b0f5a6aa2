-- Grain: one row per location and period in which its account, taps and status stood still
select
    location_id,
    account_id,
    valid_from,
    valid_to,
    valid_to is null as is_current,
    change_reason,
    location_name,
    country,
    region,
    timezone,
    tap_count,
    previous_tap_count,
    location_status,
    loaded_at
from {{ ref("int_locations__versions") }}
