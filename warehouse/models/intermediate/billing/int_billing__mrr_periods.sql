-- Grain: one row per subscription, item, day on which the subscription changed, and calendar year that the version
-- touches
-- MRR at each year's fixed rate. The year that begins right after a version ends is there too (with
-- no day of its own): what the version would have been worth is what the new rates' step is made of.
with
    items as (
        select
            items.*,
            versions.account_id,
            versions.currency,
            versions.discount_bp,
            versions.carries_mrr,
            greatest(items.version_day, {{ first_day_simulated() }}) as rate_day,
            coalesce(
                versions.next_version_day, cast({{ last_day_simulated() }} + interval '1' day as date)
            ) as until_day
        from {{ ref("int_billing__subscription_items") }} as items
        inner join
            {{ ref("int_billing__subscription_versions") }} as versions
            on items.subscription_id = versions.subscription_id
            and items.version_day = versions.version_day
    )

select
    items.subscription_id,
    items.account_id,
    items.item_id,
    items.product,
    items.product_line,
    items.billing_interval,
    items.currency,
    items.version_day,
    rates.rate_year,
    case when rates.year_begins <= items.rate_day then items.version_day else rates.year_begins end as from_day,
    cast(least(items.until_day, rates.year_begins + interval '1' year) as date) as until_day,
    rates.year_begins > items.rate_day as is_new_rate,
    case
        when items.carries_mrr
        then
            {{
                divide_half_even(
                    "items.unit_minor * items.quantity * (10000 - items.discount_bp) * rates.usd_cents",
                    "items.interval_months * 1000000",
                )
            }}
        else 0
    end as mrr_usd_minor,
    case
        when items.carries_mrr
        then
            {{
                divide_half_even(
                    "items.unit_minor * items.quantity * 10000 * rates.usd_cents", "items.interval_months * 1000000"
                )
            }}
        else 0
    end as mrr_before_discount_usd_minor
from items
inner join
    {{ ref("fx_rates") }} as rates
    on items.currency = rates.currency
    and rates.year_begins <= items.until_day
    and rates.year_begins <= {{ last_day_simulated() }}
    and rates.year_begins + interval '1' year > items.rate_day
