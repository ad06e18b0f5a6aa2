-- What was recognised and what is deferred at the newest day is all that was billed since the first
-- day, and what was deferred before it.
with
    recognized as (
        select
            product,
            currency,
            sum(recognized_usd_minor) as usd_minor,
            sum(case when day = {{ last_day_simulated() }} then deferred_usd_minor else 0 end) as left_usd_minor
        from {{ whole(ref("fact_recognized_revenue")) }}
        group by product, currency
    ),

    billed as (
        select product, currency, sum(case when is_opening then 0 else amount_usd_minor end) as usd_minor
        from {{ ref("fact_invoice_lines") }}
        group by product, currency
    ),

    opening as (
        select product, currency, sum(recognized_usd_minor + deferred_usd_minor) as usd_minor
        from {{ whole(ref("fact_recognized_revenue")) }}
        where day = {{ first_day_simulated() }}
        group by product, currency
    ),

    billed_first as (
        select product, currency, sum(amount_usd_minor) as usd_minor
        from {{ ref("fact_invoice_lines") }}
        where billed_day = {{ first_day_simulated() }}
        group by product, currency
    )

select recognized.*
from recognized
left join billed on recognized.product = billed.product and recognized.currency = billed.currency
left join opening on recognized.product = opening.product and recognized.currency = opening.currency
left join billed_first on recognized.product = billed_first.product and recognized.currency = billed_first.currency
where
    recognized.usd_minor + recognized.left_usd_minor
    <> coalesce(opening.usd_minor, 0) - coalesce(billed_first.usd_minor, 0) + coalesce(billed.usd_minor, 0)
