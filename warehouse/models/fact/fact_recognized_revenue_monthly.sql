-- Grain: one row per month, account, product and currency
-- Additive. The same recognition as fact_recognized_revenue, by account: a month's share of a line
-- is what is recognised to its end less what was recognised to its begin.
with
    months as (select distinct cast(date_trunc('month', day) as date) as month from {{ simulated_days() }}),

    lines as (
        select
            lines.account_id,
            lines.product,
            lines.product_line,
            lines.currency,
            lines.amount_usd_minor,
            lines.billed_day,
            months.month,
            date_diff('day', lines.service_from_day, lines.service_until_day) as service_days,
            greatest(
                date_diff('day', lines.service_from_day, cast(months.month + interval '1' month as date)), 0
            ) as days_to_end,
            greatest(
                date_diff('day', lines.service_from_day, greatest(months.month, {{ first_day_simulated() }})), 0
            ) as days_to_begin,
            greatest(
                date_diff('day', lines.service_from_day, cast({{ last_day_simulated() }} + interval '1' day as date)), 0
            ) as days_to_now
        from {{ ref("fact_invoice_lines") }} as lines
        inner join
            months
            on cast(months.month + interval '1' month as date) > lines.billed_day
            and (months.month < lines.service_until_day or months.month <= lines.billed_day)
    )

select
    month,
    account_id,
    product,
    product_line,
    currency,
    cast(
        sum(
            {{ divide_half_even("amount_usd_minor * least(days_to_end, days_to_now, service_days)", "service_days") }}
            - case
                when billed_day >= greatest(month, {{ first_day_simulated() }})
                then 0
                else {{ divide_half_even("amount_usd_minor * least(days_to_begin, service_days)", "service_days") }}
            end
        ) as bigint
    ) as recognized_usd_minor
from lines
group by month, account_id, product, product_line, currency
