-- Grain: one row per location and UTC day on which a device stood there
-- Additive but for the stocks devices_installed and is_active, which are of the day's end.
{{
    config(
        materialized="incremental",
        incremental_strategy="window",
        unique_key=["location_id", "day"],
        tags=["stream"],
        full_refresh=false,
        meta={
            "grows_by": "day",
            "window_from": "device_days_window",
            "published": {"partition": "day", "sorted_by": ["location_id", "day"]},
        },
    )
}}
{%- set window = device_days_window() %}
{%- set sums = [
    "monitored_seconds",
    "up_seconds",
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
    "pours_received",
] %}
{#- A week before the earliest touched day is needed to tell who was active. A literal lets engines skip files.
    What is touched lies in the working table: its partition was brought back. -#}
{%- set is_touched %}(day >= date '{{ window.from_day }}' or loaded_at > timestamp '{{ window.after }}'){% endset %}
{%- set touched_from = (
    run_query(
        "select coalesce(min(day), date '9999-12-31') from "
        ~ ref("fact_device_days")
        ~ " where location_id is not null and "
        ~ is_touched
    ).rows[0][0]
    if execute
    else "0001-01-01"
) %}
with
    near as (
        select
            location_id,
            account_id,
            day,
            cast(sum(case when is_installed then 1 else 0 end) as bigint) as devices_installed,
            {%- for column in sums %} cast(sum({{ column }}) as bigint) as {{ column }}, {%- endfor %}
            max(case when {{ is_touched }} then 1 else 0 end) as touched,
            max(loaded_at) as loaded_at
        from {{ whole(ref("fact_device_days")) }}
        where location_id is not null and day >= date '{{ touched_from }}' - interval '6' day
        group by location_id, account_id, day
    ),

    weeks as (
        select
            *,
            sum(pours_received) over (
                partition by location_id order by day range between interval '6' day preceding and current row
            ) as pours_received_7d
        from near
    )

select
    weeks.location_id,
    weeks.account_id,
    weeks.day,
    weeks.devices_installed,
    weeks.pours_received_7d > 0 as is_active,
    {%- for column in sums %} weeks.{{ column }}, {%- endfor %}
    weeks.loaded_at
from weeks
where weeks.touched = 1
