-- Grain: one row per subscription and month in which it carried MRR at the begin or the end
-- Semi-additive: sums over subscriptions of one month, never over months. The running month is as of the newest day.
with
    months as (
        select
            cast(date_trunc('month', day) as date) as month,
            max(day) as as_of_day,
            min(day) as begin_day,
            max(day)
            = cast(date_trunc('month', min(day)) + interval '1' month - interval '1' day as date) as is_last_of_month
        from {{ simulated_days() }}
        group by cast(date_trunc('month', day) as date)
    ),

    levels as (
        select
            months.month,
            months.as_of_day,
            months.is_last_of_month,
            mrr.subscription_id,
            mrr.account_id,
            mrr.billing_interval,
            mrr.currency,
            max_by(mrr.product, case when mrr.product_line = 'platform' then mrr.valid_from_day end) as plan,
            sum(
                case
                    when mrr.valid_from_day <= months.as_of_day and mrr.valid_to_day > months.as_of_day
                    then mrr.mrr_usd_minor
                    else 0
                end
            ) as mrr_usd_minor,
            sum(
                case
                    when mrr.valid_from_day <= months.as_of_day and mrr.valid_to_day > months.as_of_day
                    then mrr.mrr_before_discount_usd_minor
                    else 0
                end
            ) as mrr_before_discount_usd_minor,
            sum(
                case
                    when mrr.valid_from_day < months.begin_day and mrr.valid_to_day >= months.begin_day
                    then mrr.mrr_usd_minor
                    else 0
                end
            ) as start_mrr_usd_minor
        from months
        inner join
            {{ ref("fact_mrr_daily") }} as mrr
            on mrr.valid_from_day <= months.as_of_day
            and mrr.valid_to_day >= months.begin_day
        group by
            months.month,
            months.as_of_day,
            months.is_last_of_month,
            mrr.subscription_id,
            mrr.account_id,
            mrr.billing_interval,
            mrr.currency
    )

select
    subscription_id,
    month,
    as_of_day,
    is_last_of_month,
    account_id,
    plan,
    billing_interval,
    currency,
    cast(start_mrr_usd_minor as bigint) as start_mrr_usd_minor,
    cast(mrr_usd_minor as bigint) as mrr_usd_minor,
    cast(mrr_before_discount_usd_minor as bigint) as mrr_before_discount_usd_minor,
    cast(mrr_usd_minor - start_mrr_usd_minor as bigint) as change_usd_minor
from levels
where start_mrr_usd_minor > 0 or mrr_usd_minor > 0
