-- Grain: one row per device and UTC hour in which something happened
-- Additive: every measure is a count or a sum. Kept as long as raw events are; fact_device_days is kept for ever.
-- depends_on: {{ ref('int_telemetry__redelivered') }}, {{ ref('device_definitions') }}
{{
    config(
        materialized="incremental",
        incremental_strategy="window",
        unique_key=["device_serial", "hour"],
        tags=["stream"],
        meta={"window_time": "hour", "published": {"partition": "hour", "grain": "day"}},
        pre_hook="{{ gather_hours() }}",
        post_hook=[
            "delete from {{ this }} where hour < {{ first_retained_day() }}",
            "drop table if exists intermediate._hours_gathered",
            "drop table if exists intermediate._hours_late",
        ],
    )
}}
{% set window = stream_window() %}
-- Of the hours of late messages, those that have others too.
with
    met as (
        select on_time.device_serial, on_time.hour
        from intermediate._hours_gathered as on_time
        inner join
            intermediate._hours_late as late on on_time.device_serial = late.device_serial and on_time.hour = late.hour
    ),

    fresh as (
        select
            on_time.device_serial,
            on_time.hour,
            {%- for column in hour_sums() %}
                on_time.{{ column }} + coalesce(late.{{ column }}, 0) as {{ column }},
            {%- endfor %}
            greatest(on_time.loaded_at, coalesce(late.loaded_at, on_time.loaded_at)) as loaded_at
        from intermediate._hours_gathered as on_time
        left join
            intermediate._hours_late as late on on_time.device_serial = late.device_serial and on_time.hour = late.hour
        union all
        select device_serial, hour, {%- for column in hour_sums() %} {{ column }}, {%- endfor %} loaded_at
        from intermediate._hours_late
        where (device_serial, hour) not in (select device_serial, hour from met)
    )

    {%- if is_incremental() %}
        ,

        -- What came late for hours before the window is added to what they hold.
        late_fresh as (select device_serial, hour from fresh where hour < timestamp '{{ window.from_day }} 00:00:00'),

        held as (
            select held.*
            from {{ this }} as held
            inner join late_fresh on held.device_serial = late_fresh.device_serial and held.hour = late_fresh.hour
        )
    {%- endif %}

select
    fresh.device_serial,
    fresh.hour,
    {%- for column in hour_sums() %}
        cast(
            fresh.{{ column }}{% if is_incremental() %} + coalesce(held.{{ column }}, 0){% endif %} as bigint
        ) as {{ column }},
    {%- endfor %}
    fresh.loaded_at
from fresh
{%- if is_incremental() %}
    left join held on fresh.device_serial = held.device_serial and fresh.hour = held.hour
{%- endif %}
where fresh.hour >= {{ first_retained_day() }}
