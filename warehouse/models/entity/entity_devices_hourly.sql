-- Grain: one row per device and UTC hour in which something happened
-- Additive: every measure is a count or a sum. Kept as long as raw events are; fact_device_days is kept for ever.
{{
    config(
        materialized="stream",
        unique_key=["device_serial", "hour"],
        tags=["stream"],
        meta={
            "grows_by": "hour",
            "added": message_sums() | list,
            "published": {"partition": "hour", "grain": "day", "sorted_by": ["device_serial", "hour"]},
        },
        post_hook=[
            "delete from {{ this }} where hour < {{ first_day_of_hours() }}",
            "{{ let_go_archived(this, first_day_of_hours()) }}",
        ],
    )
}}
{% set slice = stream_slice() %}
with
    messages as ({{ counted_messages(slice) }}),

    summed as (
        select
            device_serial,
            effective_seconds - effective_seconds % 3600 as hour_seconds,
            {%- for column, sum in message_sums().items() %} {{ sum }} as {{ column }}, {%- endfor %}
            max(loaded_at) as loaded_at
        from messages
        cross join {{ ref("device_definitions") }} as definitions
        where
            {{ counts_in(slice, "loaded_at") }}
            -- A message is received after it happens: files from before the wanted hours need not be read.
            and received_seconds >= (select {{ to_epoch("cast(hours_from_day as timestamp)") }} from raw._clock)
        group by device_serial, effective_seconds - effective_seconds % 3600
    )

select
    device_serial,
    {{ from_epoch("hour_seconds") }} as hour,
    {%- for column in message_sums() %} cast(coalesce({{ column }}, 0) as bigint) as {{ column }}, {%- endfor %}
    loaded_at
from summed
where {{ from_epoch("hour_seconds") }} >= {{ first_day_of_hours() }}
