-- Grain: one row per device and UTC day on which it was installed, or something of it counts
-- Additive over devices and days, but for is_installed, which is a stock. Kept for ever: days whose
-- raw events have gone are sealed.
{{
    config(
        materialized="stream",
        unique_key=["device_serial", "day"],
        tags=["stream"],
        full_refresh=false,
        meta={
            "grows_by": "day",
            "window_from": "device_days_window",
            "kept": [
                "is_installed",
                "monitored_seconds",
                "up_seconds",
                "events_received",
                "pours_received",
                "late_events_received",
                "copies_received",
            ],
            "published": {"partition": "day", "sorted_by": ["device_serial", "day"]},
        },
    )
}}
{% set slice = stream_slice() %}
with
    days as (
        select day, cast(day as timestamp) as begins_at, cast(day as timestamp) + interval '1' day as ends_at
        from {{ simulated_days() }}
        where day >= date '{{ slice.from_day }}' and day < date '{{ slice.to_day }}'
    ),

    spine as (
        select
            devices.device_serial,
            devices.device_id,
            days.day,
            devices.removed_at is null or devices.removed_at >= days.ends_at as is_installed,
            {{ shared_seconds("days.begins_at", "days.ends_at", "devices.installed_at", "devices.removed_at") }}
            as installed_seconds
        from days
        inner join
            {{ ref("stg_app__devices") }} as devices
            on devices.installed_at < days.ends_at
            and (devices.removed_at is null or devices.removed_at > days.begins_at)
    ),

    serviced as (
        select
            visits.device_id,
            days.day,
            sum(
                {{ shared_seconds("days.begins_at", "days.ends_at", "visits.started_at", "visits.ended_at") }}
            ) as seconds
        from {{ ref("stg_app__maintenance_visits") }} as visits
        inner join days on visits.started_at < days.ends_at and visits.ended_at > days.begins_at
        where visits.is_planned
        group by visits.device_id, days.day
    ),

    -- Up is from a connect to the next disconnect or fault, in the order of boot and sequence. Each
    -- carries the gateway's clock; a fault that came late followed a disconnect.
    changes as (
        select device_serial, boot, sequence, event_type, received_at
        from {{ ref("int_devices__state_changes") }}
        where
            event_type <> 'firmware_update'
            and received_at >= timestamp '{{ slice.from_day }} 00:00:00'
            and received_at < timestamp '{{ slice.to_day }} 00:00:00'
        union all
        -- How each device stood when the slice began: its last change before.
        select device_serial, boot, sequence, event_type, received_at
        from {{ ref("int_devices__state_changes") }}
        where
            event_type <> 'firmware_update'
            and received_at < timestamp '{{ slice.from_day }} 00:00:00'
            and (device_serial, boot * 1000000000 + sequence) in (
                select device_serial, max(boot * 1000000000 + sequence)
                from {{ ref("int_devices__state_changes") }}
                where event_type <> 'firmware_update' and received_at < timestamp '{{ slice.from_day }} 00:00:00'
                group by device_serial
            )
    ),

    spans as (
        select
            device_serial,
            event_type,
            received_at as begins_at,
            coalesce(
                lead(received_at) over (partition by device_serial order by boot, sequence), {{ simulated_now() }}
            ) as ends_at
        from changes
    ),

    up as (
        select
            spans.device_serial,
            days.day,
            sum({{ shared_seconds("days.begins_at", "days.ends_at", "spans.begins_at", "spans.ends_at") }}) as seconds
        from spans
        inner join days on spans.begins_at < days.ends_at and spans.ends_at > days.begins_at
        where spans.event_type = 'connect'
        group by spans.device_serial, days.day
    ),

    received as (
        select
            device_serial,
            received_day as day,
            sum(events) as events_received,
            sum(pours) as pours_received,
            sum(late_events) as late_events,
            max(loaded_at) as loaded_at
        from {{ ref("int_telemetry__days") }}
        where received_day >= date '{{ slice.from_day }}' and received_day < date '{{ slice.to_day }}'
        group by device_serial, received_day
    ),

    copies as (
        select device_serial, cast(received_at as date) as day, count(*) as copies_received, max(loaded_at) as loaded_at
        from {{ ref("int_telemetry__redelivered") }}
        where
            not is_counted
            and received_at >= timestamp '{{ slice.from_day }} 00:00:00'
            and received_at < timestamp '{{ slice.to_day }} 00:00:00'
        group by device_serial, cast(received_at as date)
    ),

    happened as (
        select
            device_serial,
            day,
            {%- for column in message_sums() %} sum({{ column }}) as {{ column }}, {%- endfor %}
            max(loaded_at) as loaded_at
        from {{ ref("int_telemetry__days") }}
        where
            (day >= date '{{ slice.from_day }}' and day < date '{{ slice.to_day }}')
            -- The window's first slice makes earlier days anew of which something came late.
            or (device_serial, day) in (
                select device_serial, day
                from {{ ref("int_telemetry__days") }}
                where
                    '{{ slice.from_day }}' = '{{ slice.window_day }}'
                    and loaded_at > timestamp '{{ slice.after }}'
                    and day < date '{{ slice.from_day }}'
            )
        group by device_serial, day
    ),

    -- Days of the window: all of their columns are made anew.
    fresh as (
        select
            keys.device_serial,
            keys.day,
            coalesce(spine.is_installed, false) as is_installed,
            coalesce(spine.installed_seconds, 0) - coalesce(serviced.seconds, 0) as monitored_seconds,
            coalesce(up.seconds, 0) as up_seconds,
            coalesce(received.events_received, 0) as events_received,
            coalesce(received.pours_received, 0) as pours_received,
            coalesce(received.late_events, 0) as late_events_received,
            coalesce(copies.copies_received, 0) as copies_received,
            greatest(
                cast(keys.day as timestamp) + interval '1' day,
                coalesce(received.loaded_at, cast(keys.day as timestamp)),
                coalesce(copies.loaded_at, cast(keys.day as timestamp))
            ) as loaded_at
        from
            (
                select device_serial, day
                from spine
                union
                select device_serial, day
                from received
                union
                select device_serial, day
                from copies
                union
                select device_serial, day
                from happened
                where day >= date '{{ slice.from_day }}'
            ) as keys
        left join spine on keys.device_serial = spine.device_serial and keys.day = spine.day
        left join serviced on spine.device_id = serviced.device_id and spine.day = serviced.day
        left join up on keys.device_serial = up.device_serial and keys.day = up.day
        left join received on keys.device_serial = received.device_serial and keys.day = received.day
        left join copies on keys.device_serial = copies.device_serial and keys.day = copies.day
        union all
        -- Of earlier days that something came late for, the rest is as it was held.
        select
            device_serial,
            day,
            false as is_installed,
            0 as monitored_seconds,
            0 as up_seconds,
            0 as events_received,
            0 as pours_received,
            0 as late_events_received,
            0 as copies_received,
            cast(day as timestamp) + interval '1' day as loaded_at
        from happened
        where day < date '{{ slice.from_day }}'
    )

select
    devices.device_id,
    fresh.device_serial,
    devices.location_id,
    locations.account_id,
    fresh.day,
    fresh.is_installed,
    cast(fresh.monitored_seconds as bigint) as monitored_seconds,
    cast(fresh.up_seconds as bigint) as up_seconds,
    {%- for column in message_sums() %}
        cast(coalesce(happened.{{ column }}, 0) as bigint) as {{ column }},
    {%- endfor %}
    cast(fresh.events_received as bigint) as events_received,
    cast(fresh.pours_received as bigint) as pours_received,
    cast(fresh.late_events_received as bigint) as late_events_received,
    cast(fresh.copies_received as bigint) as copies_received,
    greatest(fresh.loaded_at, coalesce(happened.loaded_at, fresh.loaded_at)) as loaded_at
from fresh
left join happened on fresh.device_serial = happened.device_serial and fresh.day = happened.day
left join {{ ref("stg_app__devices") }} as devices on fresh.device_serial = devices.device_serial
left join {{ ref("stg_app__locations") }} as locations on devices.location_id = locations.location_id
