-- Grain: one row per account that was ever billed
with
    payers as (
        select
            account_id,
            max_by(customer_id, created_at) as customer_id,
            max_by(is_delinquent, created_at) as is_delinquent
        from {{ ref("int_billing__customers") }}
        where account_id is not null
        group by account_id
    ),

    mrr as (
        select
            account_id,
            sum(
                case when valid_to_day > {{ last_day_simulated() }} then mrr_usd_minor else 0 end
            ) as current_mrr_usd_minor,
            min(valid_from_day) as first_paid_day,
            max(valid_to_day) as paid_until_day
        from {{ ref("fact_mrr_daily") }}
        group by account_id
    ),

    highest as (
        select account_id, max(after_usd_minor) as highest_mrr_usd_minor
        from {{ ref("fact_mrr_movements") }}
        group by account_id
    ),

    billed as (
        select
            account_id,
            sum(case when is_opening then 0 else amount_due_usd_minor end) as lifetime_billed_usd_minor,
            max(finalized_at) as last_invoice_at
        from {{ ref("fact_invoices") }}
        group by account_id
    ),

    paid as (
        select
            account_id,
            sum(case when is_opening then 0 else amount_usd_minor end) as lifetime_paid_usd_minor,
            max(case when is_succeeded then attempted_at end) as last_paid_at,
            max_by(payment_method, attempted_at) as payment_method,
            sum(
                case
                    when not is_succeeded and attempted_at >= {{ simulated_now() }} - interval '90' day then 1 else 0
                end
            ) as failed_payments_90d
        from {{ ref("fact_payments") }}
        group by account_id
    ),

    refunded as (
        select account_id, sum(amount_usd_minor) as lifetime_refunded_usd_minor
        from {{ ref("fact_refunds") }}
        group by account_id
    ),

    owed as (
        select account_id, sum(balance_usd_minor) as open_balance_usd_minor
        from {{ ref("fact_receivables") }}
        where valid_to_day is null
        group by account_id
    ),

    coupons as (
        select account_id, max_by(coupon_id, changed_at) as coupon_id
        from {{ ref("int_billing__subscription_versions") }}
        where next_version_day is null
        group by account_id
    )

select
    payers.account_id,
    payers.customer_id,
    payers.is_delinquent,
    cast(coalesce(mrr.current_mrr_usd_minor, 0) as bigint) as current_mrr_usd_minor,
    coalesce(mrr.current_mrr_usd_minor, 0) > 0 as is_paying,
    mrr.first_paid_day,
    mrr.paid_until_day,
    cast(coalesce(highest.highest_mrr_usd_minor, 0) as bigint) as highest_mrr_usd_minor,
    cast(coalesce(billed.lifetime_billed_usd_minor, 0) as bigint) as lifetime_billed_usd_minor,
    billed.last_invoice_at,
    cast(coalesce(paid.lifetime_paid_usd_minor, 0) as bigint) as lifetime_paid_usd_minor,
    paid.last_paid_at,
    paid.payment_method,
    cast(coalesce(paid.failed_payments_90d, 0) as bigint) as failed_payments_90d,
    cast(coalesce(refunded.lifetime_refunded_usd_minor, 0) as bigint) as lifetime_refunded_usd_minor,
    cast(coalesce(owed.open_balance_usd_minor, 0) as bigint) as open_balance_usd_minor,
    coupons.coupon_id
from payers
left join mrr on payers.account_id = mrr.account_id
left join highest on payers.account_id = highest.account_id
left join billed on payers.account_id = billed.account_id
left join paid on payers.account_id = paid.account_id
left join refunded on payers.account_id = refunded.account_id
left join owed on payers.account_id = owed.account_id
left join coupons on payers.account_id = coupons.account_id
