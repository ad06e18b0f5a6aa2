-- Grain: one row per line of a finalised invoice
-- Additive. USD at the market rate of the day of finalisation.
select
    lines.line_id,
    lines.invoice_id,
    customers.account_id,
    lines.subscription_id,
    lines.finalized_at,
    lines.billed_day,
    lines.is_opening,
    lines.product,
    lines.product_line,
    lines.line_kind,
    lines.currency,
    lines.quantity,
    lines.unit_minor,
    lines.gross_minor,
    lines.discount_minor,
    lines.amount_minor,
    lines.amount_usd_minor,
    lines.service_from_day,
    lines.service_until_day,
    lines.loaded_at
from {{ ref("int_billing__invoice_lines") }} as lines
left join {{ ref("int_billing__customers") }} as customers on lines.customer_id = customers.customer_id
