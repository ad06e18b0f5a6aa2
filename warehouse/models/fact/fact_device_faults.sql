-- Grain: one row per fault that a device reported
-- Additive: faults and repair_seconds may be summed over everything.
with
    faulty as (
        select device_serial, min(boot) as first_boot
        from {{ ref("int_devices__state_changes") }}
        where event_type = 'fault'
        group by device_serial
    ),

    -- Most devices never fail; of those that do, what came before does not matter.
    changes as (
        select changes.*
        from {{ ref("int_devices__state_changes") }} as changes
        inner join faulty on changes.device_serial = faulty.device_serial and changes.boot >= faulty.first_boot
        where changes.event_type in ('connect', 'fault')
    ),

    -- A fault is over with the device's next connect, in the order of boot and sequence.
    followed as (
        select
            *,
            lead(event_type) over (partition by device_serial order by boot, sequence) as next_type,
            lead(received_at) over (partition by device_serial order by boot, sequence) as next_at
        from changes
    )

select
    devices.device_id,
    followed.device_serial,
    devices.device_model,
    devices.location_id,
    locations.account_id,
    followed.boot,
    followed.sequence,
    followed.fault_kind,
    followed.occurred_at,
    case when followed.next_type = 'connect' then followed.next_at end as repaired_at,
    case
        when followed.next_type = 'connect'
        then cast({{ to_epoch("followed.next_at") }} - {{ to_epoch("followed.occurred_at") }} as bigint)
    end as repair_seconds,
    followed.loaded_at
from followed
left join {{ ref("int_devices__current") }} as devices on followed.device_serial = devices.device_serial
left join {{ ref("stg_app__locations") }} as locations on devices.location_id = locations.location_id
where followed.event_type = 'fault'
