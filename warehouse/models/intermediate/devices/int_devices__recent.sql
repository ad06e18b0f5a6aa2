-- Grain: one row per device that was installed within the last 28 days
{%- set sums = [
    "pours",
    "serve_ml",
    "foam_ml",
    "spill_ml",
    "clean_ml",
    "leftover_ml",
    "readings",
    "excursions",
    "keg_changes",
    "empty_seconds",
    "faults",
    "events_received",
    "monitored_seconds",
    "up_seconds",
] %}
select
    device_serial,
    location_id,
    account_id,
    {%- for column in sums %} cast(sum({{ column }}) as bigint) as {{ column }}_28d, {%- endfor %}
    cast(
        sum(case when day > {{ last_day_simulated() }} - interval '7' day then pours else 0 end) as bigint
    ) as pours_7d,
    max(case when events_received > 0 then day end) as last_seen_on
from {{ whole(ref("fact_device_days")) }}
where day > {{ day_before_last(28) }}
group by device_serial, location_id, account_id
