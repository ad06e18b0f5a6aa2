-- Grain: one row per subscription, product and period of days in which its MRR stood still
-- Semi-additive: sums over customers of one day, never over days. A day belongs to the period with
-- valid_from_day <= day < valid_to_day.
with
    periods as (
        select
            subscription_id,
            account_id,
            product,
            product_line,
            billing_interval,
            currency,
            from_day,
            until_day,
            sum(mrr_usd_minor) as mrr_usd_minor,
            sum(mrr_before_discount_usd_minor) as mrr_before_discount_usd_minor
        from {{ ref("int_billing__mrr_periods") }}
        where from_day < until_day
        group by subscription_id, account_id, product, product_line, billing_interval, currency, from_day, until_day
    ),

    steps as (
        select
            *,
            case
                when
                    mrr_usd_minor = lag(mrr_usd_minor) over (partition by subscription_id, product order by from_day)
                    and mrr_before_discount_usd_minor
                    = lag(mrr_before_discount_usd_minor) over (partition by subscription_id, product order by from_day)
                    and from_day = lag(until_day) over (partition by subscription_id, product order by from_day)
                then 0
                else 1
            end as is_step
        from periods
    ),

    islands as (
        select *, sum(is_step) over (partition by subscription_id, product order by from_day) as island from steps
    )

select
    subscription_id,
    account_id,
    product,
    product_line,
    billing_interval,
    currency,
    min(from_day) as valid_from_day,
    max(until_day) as valid_to_day,
    cast(max(mrr_usd_minor) as bigint) as mrr_usd_minor,
    cast(max(mrr_before_discount_usd_minor) as bigint) as mrr_before_discount_usd_minor
from islands
where mrr_usd_minor > 0
group by subscription_id, account_id, product, product_line, billing_interval, currency, island
