-- Grain: one row per line of a finalised invoice
-- Additive. USD at the market rate of the day of finalisation.
select
    line_id,
    invoice_id,
    account_id,
    subscription_id,
    finalized_at,
    billed_day,
    is_opening,
    product,
    product_line,
    line_kind,
    currency,
    quantity,
    unit_minor,
    gross_minor,
    discount_minor,
    amount_minor,
    amount_usd_minor,
    service_from_day,
    service_until_day,
    loaded_at
from {{ ref('int_billing__invoice_lines') }}
