-- Grain: one row per refund
-- Additive. USD is what Stripe took from the balance.
select
    refunds.refund_id,
    refunds.charge_id as payment_id,
    charges.invoice_id,
    customers.account_id,
    refunds.created_at as refunded_at,
    date_diff(
        'month', date_trunc('month', charges.created_at), date_trunc('month', refunds.created_at)
    ) as months_after_payment,
    refunds.currency,
    refunds.amount_minor,
    - moves.amount_usd_minor as amount_usd_minor,
    refunds._loaded_at as loaded_at
from {{ ref("stg_stripe__refunds") }} as refunds
left join {{ ref("stg_stripe__charges") }} as charges on refunds.charge_id = charges.charge_id
left join
    {{ ref("stg_stripe__balance_transactions") }} as moves
    on refunds.balance_transaction_id = moves.balance_transaction_id
left join {{ ref("int_billing__customers") }} as customers on charges.customer_id = customers.customer_id
