-- Grain: one row per finalised invoice
-- Additive amounts; the balance is a stock and lies in fact_receivables.
with
    lines as (
        select invoice_id, sum(amount_usd_minor) as amount_due_usd_minor, sum(discount_minor) as discount_minor
        from {{ ref("int_billing__invoice_lines") }}
        group by invoice_id
    )

select
    invoices.invoice_id,
    invoices.invoice_number,
    customers.account_id,
    invoices.subscription_id,
    invoices.invoice_status,
    invoices.billing_reason,
    invoices.collection_method,
    invoices.currency,
    invoices.finalized_at,
    cast(invoices.finalized_at as date) as billed_day,
    cast(invoices.finalized_at as date) < {{ first_day_simulated() }} as is_opening,
    coalesce(invoices.due_at, invoices.finalized_at) as due_at,
    invoices.paid_at,
    invoices.written_off_at,
    invoices.period_start_at,
    invoices.period_end_at,
    invoices.amount_due_minor,
    cast(lines.amount_due_usd_minor as bigint) as amount_due_usd_minor,
    cast(lines.discount_minor as bigint) as discount_minor,
    invoices.amount_paid_minor,
    invoices.amount_remaining_minor,
    invoices.pre_payment_credit_minor,
    invoices.post_payment_credit_minor,
    cast(coalesce(attempts.attempts, 0) as bigint) as attempts,
    attempts.first_failed_at,
    attempts.first_failed_at is not null
    and invoices.paid_at is not null
    and invoices.paid_at <= attempts.first_failed_at + interval '30' day as is_recovered_30d,
    invoices.loaded_at
from {{ ref("int_billing__invoices") }} as invoices
left join lines on invoices.invoice_id = lines.invoice_id
left join {{ ref("int_billing__customers") }} as customers on invoices.customer_id = customers.customer_id
left join {{ ref("int_billing__attempts") }} as attempts on invoices.invoice_id = attempts.invoice_id
