-- Grain: one row per device, UTC day on which its messages count and UTC day on which they were received
-- Additive. Kept two months longer than raw events: fact_device_days, which is kept for ever, makes a day for which
-- something comes late again from all of it. A received day's rows are made of that day's messages alone, so nothing
-- that comes later changes them.
{{
    config(
        materialized="stream",
        unique_key=["device_serial", "day", "received_day"],
        tags=["stream"],
        full_refresh=false,
        meta={"grows_by": "received_day", "none_earlier": true},
        post_hook="delete from {{ this }} where received_day < {{ first_day_of_events() }} - interval '60' day",
    )
}}
{% set slice = stream_slice() %}
with
    messages as ({{ counted_messages(slice) }}),

    summed as (
        select
            device_serial,
            effective_seconds - effective_seconds % 86400 as day_seconds,
            received_seconds - received_seconds % 86400 as received_day_seconds,
            {%- for column, sum in message_sums().items() %} {{ sum }} as {{ column }}, {%- endfor %}
            count(
                case when is_first and effective_seconds < received_seconds - received_seconds % 86400 then 1 end
            ) as late_events,
            max(loaded_at) as loaded_at
        from messages
        cross join {{ ref("device_definitions") }} as definitions
        group by
            device_serial, effective_seconds - effective_seconds % 86400, received_seconds - received_seconds % 86400
    )

select
    device_serial,
    cast({{ from_epoch("day_seconds") }} as date) as day,
    cast({{ from_epoch("received_day_seconds") }} as date) as received_day,
    {%- for column in message_sums() %} cast(coalesce({{ column }}, 0) as bigint) as {{ column }}, {%- endfor %}
    late_events,
    loaded_at
from summed
