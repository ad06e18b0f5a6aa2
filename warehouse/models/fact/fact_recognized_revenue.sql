-- Grain: one row per day, product and currency
-- Recognised revenue is additive; deferred revenue is semi-additive (a day's end). Each line is
-- recognised straight-line by day over its service period, from the day of its invoice on; amounts
-- to date are rounded and differenced, so that they sum to the line.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="day",
        meta={"grows_by": "day", "published": {"partition": "day"}},
    )
}}
{#- A source may come days late: the newest days are made again. -#}
{%- set days_made_again = late_days() %}
with
    days as (
        select day
        from {{ simulated_days() }}
        {% if is_incremental() %} where day > (select max(day) - {{ days_made_again }} from {{ this }}) {% endif %}
    ),

    running as (
        select
            days.day,
            lines.product,
            lines.product_line,
            lines.currency,
            lines.amount_usd_minor,
            {{
                divide_half_even(
                    "lines.amount_usd_minor * least(greatest(date_diff('day', lines.service_from_day, days.day) + 1, 0), "
                    ~ "date_diff('day', lines.service_from_day, lines.service_until_day))",
                    "date_diff('day', lines.service_from_day, lines.service_until_day)",
                )
            }}
            as through_usd_minor,
            case
                when days.day = lines.billed_day
                then 0
                else
                    {{
                        divide_half_even(
                            "lines.amount_usd_minor * least(greatest(date_diff('day', lines.service_from_day, days.day), 0), "
                            ~ "date_diff('day', lines.service_from_day, lines.service_until_day))",
                            "date_diff('day', lines.service_from_day, lines.service_until_day)",
                        )
                    }}
            end as before_usd_minor
        from {{ ref("int_billing__invoice_lines") }} as lines
        inner join
            days on days.day >= lines.billed_day and (days.day < lines.service_until_day or days.day = lines.billed_day)
    )

select
    day,
    product,
    product_line,
    currency,
    cast(sum(through_usd_minor - before_usd_minor) as bigint) as recognized_usd_minor,
    cast(sum(amount_usd_minor - through_usd_minor) as bigint) as deferred_usd_minor
from running
group by day, product, product_line, currency
