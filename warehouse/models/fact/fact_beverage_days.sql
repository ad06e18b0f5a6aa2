-- Grain: one row per device, beverage and UTC day on which it flowed
-- Additive. Kept for ever: days whose raw events have gone are sealed.
{{
    config(
        materialized="incremental",
        incremental_strategy="window",
        unique_key=["device_serial", "beverage_id", "day"],
        tags=["stream"],
        full_refresh=false,
        meta={"window_time": "day", "published": {"partition": "day"}},
    )
}}
{% set window = stream_window() %}
with
    messages as (
        select device_serial, beverage_id, effective_seconds, flow_kind, volume_ml, _loaded_at as loaded_at
        from {{ ref("stg_telemetry__events") }}
        where event_type = 'pour' and not is_redelivered and {{ in_window(window) }} and {{ counts_in_window(window) }}
        union all
        select device_serial, beverage_id, effective_seconds, flow_kind, volume_ml, loaded_at
        from {{ ref("int_telemetry__redelivered") }}
        where
            event_type = 'pour'
            and is_counted
            and received_seconds >= {{ window_seconds(window) }}
            and (effective_seconds >= {{ window_seconds(window) }} or loaded_at > timestamp '{{ window.after }}')
    ),

    fresh as (
        select
            device_serial,
            beverage_id,
            cast({{ from_epoch("effective_seconds - effective_seconds % 86400") }} as date) as day,
            count(*) filter (where flow_kind = 'serve') as pours,
            coalesce(sum(cast(volume_ml as integer)) filter (where flow_kind = 'serve'), 0) as serve_ml,
            coalesce(sum(cast(volume_ml as integer)) filter (where flow_kind <> 'serve'), 0) as wasted_flow_ml,
            max(loaded_at) as loaded_at
        from messages
        group by device_serial, beverage_id, effective_seconds - effective_seconds % 86400
    )

    {%- if is_incremental() %}
        ,

        held as (
            select held.*
            from {{ this }} as held
            inner join
                fresh
                on held.device_serial = fresh.device_serial
                and held.beverage_id = fresh.beverage_id
                and held.day = fresh.day
            where fresh.day < date '{{ window.from_day }}'
        )
    {%- endif %}

select
    fresh.device_serial,
    fresh.beverage_id,
    fresh.day,
    {%- for column in ["pours", "serve_ml", "wasted_flow_ml"] %}
        cast(
            fresh.{{ column }}{% if is_incremental() %} + coalesce(held.{{ column }}, 0){% endif %} as bigint
        ) as {{ column }},
    {%- endfor %}
    fresh.loaded_at
from fresh
{%- if is_incremental() %}
    left join
        held
        on fresh.device_serial = held.device_serial
        and fresh.beverage_id = held.beverage_id
        and fresh.day = held.day
{%- endif %}
