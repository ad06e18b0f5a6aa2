-- Grain: one row per attempt to collect an invoice
-- Additive. USD is what Stripe put on the balance: the market rate of the day.
select
    charges.charge_id as payment_id,
    charges.invoice_id,
    customers.account_id,
    charges.created_at as attempted_at,
    cast(charges.created_at as date) < {{ first_day_simulated() }} as is_opening,
    charges.charge_status = 'succeeded' as is_succeeded,
    charges.failure_code as decline_code,
    {{ json_value("charges.payment_method_details", "type") }} as payment_method,
    charges.currency,
    charges.amount_minor,
    coalesce(moves.amount_usd_minor, 0) as amount_usd_minor,
    coalesce(moves.fee_usd_minor, 0) as fee_usd_minor,
    charges.refunded_minor,
    charges.is_disputed,
    charges._loaded_at as loaded_at
from {{ ref("stg_stripe__charges") }} as charges
left join
    {{ ref("stg_stripe__balance_transactions") }} as moves
    on charges.balance_transaction_id = moves.balance_transaction_id
left join {{ ref("int_billing__customers") }} as customers on charges.customer_id = customers.customer_id
