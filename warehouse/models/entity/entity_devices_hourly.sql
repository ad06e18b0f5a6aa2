-- Grain: one row per device and UTC hour in which something happened
-- Additive: every measure is a count or a sum. Kept as long as raw events are; fact_device_days is kept for ever.
{{ config(
    materialized='incremental', incremental_strategy='window', unique_key=['device_serial', 'hour'], tags=['stream'],
    meta={'window_time': 'hour', 'published': {'partition': 'hour', 'grain': 'day'}},
    post_hook="delete from {{ this }} where hour < {{ first_retained_day() }}"
) }}
{% set window = stream_window() %}
with messages as (
    select
        device_serial,
        effective_seconds,
        event_type,
        flow_kind,
        cast(volume_ml as integer) as volume_ml,
        cast(temperature_dc as integer) as temperature_dc,
        cast(empty_seconds as integer) as empty_seconds,
        fault_kind,
        _loaded_at as loaded_at
    from {{ ref('stg_telemetry__events') }}
    where not is_redelivered and {{ in_window(window) }} and {{ counts_in_window(window) }}
    union all
    select
        device_serial,
        effective_seconds,
        event_type,
        flow_kind,
        cast(volume_ml as integer) as volume_ml,
        cast(temperature_dc as integer) as temperature_dc,
        cast(empty_seconds as integer) as empty_seconds,
        fault_kind,
        loaded_at
    from {{ ref('int_telemetry__redelivered') }}
    where
        is_counted
        and received_seconds >= {{ window_seconds(window) }}
        and (effective_seconds >= {{ window_seconds(window) }} or loaded_at > timestamp '{{ window.after }}')
),

summed as (
    select
        device_serial,
        effective_seconds - effective_seconds % 3600 as hour_seconds,
        count(*) filter (where flow_kind = 'serve') as pours,
        sum(volume_ml) filter (where flow_kind = 'serve') as serve_ml,
        sum(volume_ml) filter (where flow_kind = 'foam') as foam_ml,
        sum(volume_ml) filter (where flow_kind = 'spill') as spill_ml,
        sum(volume_ml) filter (where flow_kind = 'clean') as clean_ml,
        sum(volume_ml) filter (where event_type = 'keg_change') as leftover_ml,
        count(temperature_dc) as readings,
        count(*) filter (
            where
                temperature_dc < {{ var('temperature_low_dc') }} or temperature_dc > {{ var('temperature_high_dc') }}
        ) as excursions,
        sum(temperature_dc) as temperature_sum_dc,
        count(*) filter (where event_type = 'keg_change') as keg_changes,
        sum(empty_seconds) as empty_seconds,
        count(fault_kind) as faults,
        count(*) as events,
        max(loaded_at) as loaded_at
    from messages
    group by device_serial, effective_seconds - effective_seconds % 3600
),

fresh as (
    select
        device_serial,
        {{ from_epoch('hour_seconds') }} as hour,
        pours,
        coalesce(serve_ml, 0) as serve_ml,
        coalesce(foam_ml, 0) as foam_ml,
        coalesce(spill_ml, 0) as spill_ml,
        coalesce(clean_ml, 0) as clean_ml,
        coalesce(leftover_ml, 0) as leftover_ml,
        readings,
        excursions,
        coalesce(temperature_sum_dc, 0) as temperature_sum_dc,
        keg_changes,
        coalesce(empty_seconds, 0) as empty_seconds,
        faults,
        events,
        loaded_at
    from summed
)

{%- set sums = [
    'pours', 'serve_ml', 'foam_ml', 'spill_ml', 'clean_ml', 'leftover_ml', 'readings', 'excursions',
    'temperature_sum_dc', 'keg_changes', 'empty_seconds', 'faults', 'events'
] %}
{%- if is_incremental() %}
,

-- What came late for earlier hours is added to what they hold.
held as (
    select held.*
    from {{ this }} as held
    inner join fresh on held.device_serial = fresh.device_serial and held.hour = fresh.hour
    where fresh.hour < timestamp '{{ window.from_day }} 00:00:00'
)
{%- endif %}

select
    fresh.device_serial,
    fresh.hour,
    {%- for column in sums %}
    cast(fresh.{{ column }}{% if is_incremental() %} + coalesce(held.{{ column }}, 0){% endif %} as bigint) as {{ column }},
    {%- endfor %}
    fresh.loaded_at
from fresh
{%- if is_incremental() %}
left join held on fresh.device_serial = held.device_serial and fresh.hour = held.hour
{%- endif %}
where fresh.hour >= {{ first_retained_day() }}
