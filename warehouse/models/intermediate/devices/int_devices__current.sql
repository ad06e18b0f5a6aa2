-- Grain: one row per controller, as it stands now
-- Who wants a device's place or model reads this: the newest of its many versions is sought out once a build.
select
    device_id,
    device_serial,
    device_model,
    location_id,
    tap_count,
    installed_at,
    removed_at,
    replaces_device_id,
    _loaded_at as loaded_at
from {{ ref("stg_app__devices") }}
