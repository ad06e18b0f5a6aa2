-- Grain: one row per subscription and version in which status, plan, units, price, discount or products changed
-- Versions are Stripe's last of each day; renewals alone make none.
with
    plan_items as (
        select
            subscription_id,
            version_day,
            max(case when product_line = 'platform' then product end) as plan,
            max(billing_interval) as billing_interval,
            max(case when product_line = 'platform' then quantity end) as units,
            max(case when product_line = 'platform' then unit_minor end) as unit_minor,
            count(*) as items
        from {{ ref("int_billing__subscription_items") }}
        group by subscription_id, version_day
    ),

    versions as (
        select
            versions.subscription_id,
            versions.account_id,
            versions.is_internal,
            versions.version_day,
            versions.changed_at,
            versions.subscription_status,
            versions.currency,
            versions.discount_bp,
            versions.coupon_id,
            versions.cancellation_reason,
            versions.loaded_at,
            plan_items.plan,
            plan_items.billing_interval,
            plan_items.units,
            plan_items.unit_minor,
            plan_items.items,
            row_number() over (partition by versions.subscription_id order by versions.version_day) as place,
            lag(versions.subscription_status) over (
                partition by versions.subscription_id order by versions.version_day
            ) as status_before,
            lag(plan_items.plan) over (
                partition by versions.subscription_id order by versions.version_day
            ) as plan_before,
            lag(plan_items.units) over (
                partition by versions.subscription_id order by versions.version_day
            ) as units_before,
            lag(plan_items.unit_minor) over (
                partition by versions.subscription_id order by versions.version_day
            ) as unit_before,
            lag(versions.discount_bp) over (
                partition by versions.subscription_id order by versions.version_day
            ) as discount_before,
            lag(plan_items.items) over (
                partition by versions.subscription_id order by versions.version_day
            ) as items_before
        from {{ ref("int_billing__subscription_versions") }} as versions
        left join
            plan_items
            on versions.subscription_id = plan_items.subscription_id
            and versions.version_day = plan_items.version_day
    ),

    reasoned as (
        select
            *,
            case
                when place = 1
                then 'created'
                when subscription_status <> status_before
                then 'status'
                when plan <> plan_before
                then 'plan'
                when units <> units_before
                then 'quantity'
                when items <> items_before
                then 'products'
                when discount_bp <> discount_before
                then 'discount'
                when unit_minor <> unit_before
                then 'price'
            end as change_reason
        from versions
    ),

    levels as (
        select
            subscription_id,
            version_day,
            sum(case when from_day <= version_day then mrr_usd_minor else 0 end) as mrr_usd_minor
        from {{ ref("int_billing__mrr_periods") }}
        where not is_new_rate
        group by subscription_id, version_day
    )

select
    reasoned.subscription_id,
    reasoned.account_id,
    reasoned.changed_at as valid_from,
    lead(reasoned.changed_at) over (partition by reasoned.subscription_id order by reasoned.changed_at) as valid_to,
    lead(reasoned.changed_at) over (partition by reasoned.subscription_id order by reasoned.changed_at)
    is null as is_current,
    reasoned.change_reason,
    reasoned.subscription_status,
    reasoned.status_before as previous_status,
    reasoned.plan,
    reasoned.plan_before as previous_plan,
    reasoned.billing_interval,
    reasoned.currency,
    reasoned.units,
    reasoned.unit_minor,
    reasoned.items,
    reasoned.discount_bp,
    reasoned.coupon_id,
    reasoned.cancellation_reason,
    cast(coalesce(levels.mrr_usd_minor, 0) as bigint) as mrr_usd_minor,
    reasoned.is_internal,
    reasoned.loaded_at
from reasoned
left join levels on reasoned.subscription_id = levels.subscription_id and reasoned.version_day = levels.version_day
where reasoned.change_reason is not null
