-- Grain: one row per subscription and day on which it changed: its last version of that day
-- The opening version, of subscriptions older than the first day, lies on the day before it.
with
    versions as (
        select
            id,
            customer,
            status,
            upper(currency) as currency,
            discount,
            cancellation_details,
            created,
            ended_at,
            updated,
            cast({{ from_epoch("updated") }} as date) as version_day,
            _loaded_at,
            row_number() over (
                partition by id, cast({{ from_epoch("updated") }} as date) order by updated desc, _loaded_at desc
            ) as newest
        from {{ source("stripe", "subscriptions") }}
    )

select
    versions.id as subscription_id,
    customers.account_id,
    customers.is_internal,
    versions.version_day,
    {{ from_epoch("versions.updated") }} as changed_at,
    versions.status as subscription_status,
    versions.status in ('active', 'past_due') as carries_mrr,
    versions.currency,
    coalesce(
        cast(round(cast({{ json_value("versions.discount", "coupon.percent_off") }} as double) * 100) as bigint), 0
    ) as discount_bp,
    {{ json_value("versions.discount", "coupon.id") }} as coupon_id,
    case
        when {{ json_value("versions.cancellation_details", "reason") }} = 'payment_failed'
        then 'unpaid'
        else {{ json_value("versions.cancellation_details", "feedback") }}
    end as cancellation_reason,
    lead(versions.version_day) over (partition by versions.id order by versions.version_day) as next_version_day,
    versions._loaded_at as loaded_at
from versions
left join {{ ref("int_billing__customers") }} as customers on versions.customer = customers.customer_id
where versions.newest = 1
