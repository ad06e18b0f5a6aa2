-- Grain: one row per subscription
with
    current_version as (select * from {{ ref("entity_subscriptions_history") }} where is_current),

    before as (
        select subscription_id, max_by(previous_status, valid_from) as previous_status
        from {{ ref("entity_subscriptions_history") }}
        where change_reason = 'status'
        group by subscription_id
    ),

    plans as (
        select subscription_id, max_by(previous_plan, valid_from) as previous_plan
        from {{ ref("entity_subscriptions_history") }}
        where change_reason = 'plan'
        group by subscription_id
    ),

    mrr as (
        select
            subscription_id,
            sum(mrr_usd_minor) as mrr_usd_minor,
            sum(mrr_before_discount_usd_minor) as mrr_before_discount_usd_minor
        from {{ ref("fact_mrr_daily") }}
        where valid_from_day <= {{ last_day_simulated() }} and valid_to_day > {{ last_day_simulated() }}
        group by subscription_id
    ),

    billed as (
        select subscription_id, count(*) as invoices, sum(amount_due_usd_minor) as lifetime_billed_usd_minor
        from {{ ref("fact_invoices") }}
        where subscription_id is not null and not is_opening
        group by subscription_id
    )

select
    subscriptions.subscription_id,
    current_version.account_id,
    subscriptions.subscription_status,
    before.previous_status,
    current_version.plan,
    plans.previous_plan,
    current_version.billing_interval,
    subscriptions.currency,
    current_version.units,
    current_version.unit_minor,
    current_version.items,
    current_version.discount_bp,
    current_version.coupon_id,
    subscriptions.collection_method,
    subscriptions.started_at,
    cast(date_trunc('month', subscriptions.started_at) as date) as signup_cohort,
    date_diff(
        'month',
        cast(subscriptions.started_at as date),
        coalesce(cast(subscriptions.ended_at as date), {{ last_day_simulated() }})
    ) as tenure_months,
    subscriptions.anchor_at,
    subscriptions.period_start_at,
    subscriptions.period_end_at,
    subscriptions.ended_at,
    current_version.cancellation_reason,
    cast(coalesce(mrr.mrr_usd_minor, 0) as bigint) as mrr_usd_minor,
    cast(coalesce(mrr.mrr_before_discount_usd_minor, 0) as bigint) as mrr_before_discount_usd_minor,
    cast(coalesce(billed.invoices, 0) as bigint) as invoices,
    cast(coalesce(billed.lifetime_billed_usd_minor, 0) as bigint) as lifetime_billed_usd_minor,
    current_version.is_internal,
    subscriptions._loaded_at as loaded_at
from {{ ref("stg_stripe__subscriptions") }} as subscriptions
inner join current_version on subscriptions.subscription_id = current_version.subscription_id
left join before on subscriptions.subscription_id = before.subscription_id
left join plans on subscriptions.subscription_id = plans.subscription_id
left join mrr on subscriptions.subscription_id = mrr.subscription_id
left join billed on subscriptions.subscription_id = billed.subscription_id
