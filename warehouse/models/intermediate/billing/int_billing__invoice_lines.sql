-- Grain: one row per invoice line
-- Only invoices that changed are taken apart (their lines do not, but what is known of them was loaded
-- later), and those of the newest days again, as a day's rates may come late.
{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="invoice_id") }}
{%- set days_made_again = late_days() %}
with
    invoices as (
        select
            invoice_id,
            customer_id,
            subscription_id,
            currency,
            invoice_status,
            lines,
            cast({{ json_value("status_transitions", "finalized_at") }} as bigint) as finalized_epoch,
            _loaded_at
        from {{ ref("stg_stripe__invoices") }}
        {% if is_incremental() %}
            where
                created_at >= (select max(billed_day) - interval '{{ days_made_again }}' day from {{ this }})
                or _loaded_at > (select max(loaded_at) from {{ this }})
        {% endif %}
    ),

    lines as (
        select
            invoices.invoice_id,
            invoices.customer_id,
            invoices.subscription_id,
            invoices.currency,
            {{ from_epoch("invoices.finalized_epoch") }} as finalized_at,
            cast({{ from_epoch("invoices.finalized_epoch") }} as date) as billed_day,
            {{ json_value("line.element", "id") }} as line_id,
            {{ json_value("line.element", "price.product") }} as product_id,
            {{ json_value("line.element", "type") }} as line_type,
            {{ json_value("line.element", "proration") }} = 'true' as is_proration,
            cast({{ json_value("line.element", "quantity") }} as bigint) as quantity,
            cast({{ json_value("line.element", "price.unit_amount") }} as bigint) as unit_minor,
            cast({{ json_value("line.element", "amount") }} as bigint) as gross_minor,
            coalesce(
                cast({{ json_value("line.element", "discount_amounts[0].amount") }} as bigint), 0
            ) as discount_minor,
            cast(
                {{ from_epoch("cast(" ~ json_value("line.element", "period.start") ~ " as bigint)") }} as date
            ) as service_from_day,
            cast(
                {{ from_epoch("cast(" ~ json_value("line.element", "period.end") ~ " as bigint)") }} as date
            ) as service_end_day,
            invoices._loaded_at as loaded_at
        from invoices
        cross join {{ json_elements("invoices.lines", "data") }} as line(element, position)
    )

select
    lines.line_id,
    lines.invoice_id,
    lines.customer_id,
    lines.subscription_id,
    lines.finalized_at,
    lines.billed_day,
    lines.billed_day < {{ first_day_simulated() }} as is_opening,
    products.product,
    products.product_line,
    case
        when lines.is_proration then 'proration' when lines.line_type = 'subscription' then 'recurring' else 'one_off'
    end as line_kind,
    lines.currency,
    lines.quantity,
    lines.unit_minor,
    lines.gross_minor,
    lines.discount_minor,
    lines.gross_minor - lines.discount_minor as amount_minor,
    {{ divide_half_even("(lines.gross_minor - lines.discount_minor) * rates.rate_ppm", "1000000") }}
    as amount_usd_minor,
    lines.service_from_day,
    case
        when lines.service_end_day > lines.service_from_day
        then lines.service_end_day
        else cast(lines.service_from_day + interval '1' day as date)
    end as service_until_day,
    lines.loaded_at
from lines
left join {{ ref("int_billing__products") }} as products on lines.product_id = products.product_id
left join
    {{ ref("int_billing__rates") }} as rates
    on lines.currency = rates.currency
    and lines.billed_day >= rates.from_day
    and lines.billed_day < rates.until_day
