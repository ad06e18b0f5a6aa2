-- Grain: one row per credit note
-- Additive. Before payment at the invoice's rate, in proportion; after it, as the refund that goes with it.
select
    notes.credit_note_id,
    notes.invoice_id,
    customers.account_id,
    notes.refund_id,
    notes.created_at as credited_at,
    notes.credit_note_type = 'post_payment' as is_after_payment,
    notes.currency,
    notes.amount_minor,
    case
        when notes.refund_id is not null
        then refunds.amount_usd_minor
        else {{ divide_half_even("notes.amount_minor * invoices.amount_due_usd_minor", "invoices.amount_due_minor") }}
    end as amount_usd_minor,
    notes._loaded_at as loaded_at
from {{ ref("stg_stripe__credit_notes") }} as notes
left join {{ ref("fact_invoices") }} as invoices on notes.invoice_id = invoices.invoice_id
left join {{ ref("fact_refunds") }} as refunds on notes.refund_id = refunds.refund_id
left join {{ ref("int_billing__customers") }} as customers on notes.customer_id = customers.customer_id
