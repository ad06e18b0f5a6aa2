-- What entities sum up of the facts about money is what the facts themselves give.
-- Sources may arrive on different days: of customers, those are compared that the product has told.
with
    levels as (
        select days.day, sum(mrr.mrr_usd_minor) as usd_minor
        from {{ simulated_days() }} as days
        inner join {{ ref("fact_mrr_daily") }} as mrr on mrr.valid_from_day <= days.day and mrr.valid_to_day > days.day
        group by days.day
    ),

    monthly as (
        select as_of_day, sum(mrr_usd_minor) as usd_minor
        from {{ ref("entity_subscriptions_monthly") }}
        group by as_of_day
    ),

    recognized_daily as (
        select cast(date_trunc('month', day) as date) as month, sum(recognized_usd_minor) as usd_minor
        from {{ whole(ref("fact_recognized_revenue")) }}
        group by cast(date_trunc('month', day) as date)
    ),

    recognized_monthly as (
        select month, sum(recognized_usd_minor) as usd_minor
        from {{ ref("fact_recognized_revenue_monthly") }}
        group by month
    ),

    by_account as (
        select 'lifetime_billed' as what, account_id, sum(amount_due_usd_minor) as usd_minor
        from {{ ref("fact_invoices") }}
        where not is_opening
        group by account_id
        union all
        select 'lifetime_paid' as what, account_id, sum(amount_usd_minor) as usd_minor
        from {{ ref("fact_payments") }}
        where not is_opening
        group by account_id
        union all
        select 'open_balance' as what, account_id, sum(balance_usd_minor) as usd_minor
        from {{ ref("fact_receivables") }}
        where valid_to_day is null
        group by account_id
        union all
        select 'current_mrr' as what, account_id, sum(mrr_usd_minor) as usd_minor
        from {{ ref("fact_mrr_daily") }}
        where valid_to_day > {{ last_day_simulated() }}
        group by account_id
    ),

    told as (
        select 'lifetime_billed' as what, account_id, lifetime_billed_usd_minor as usd_minor
        from {{ ref("entity_customers") }}
        union all
        select 'lifetime_paid' as what, account_id, lifetime_paid_usd_minor as usd_minor
        from {{ ref("entity_customers") }}
        union all
        select 'open_balance' as what, account_id, open_balance_usd_minor as usd_minor
        from {{ ref("entity_customers") }}
        union all
        select 'current_mrr' as what, account_id, current_mrr_usd_minor as usd_minor
        from {{ ref("entity_customers") }}
    ),

    pairs as (
        select
            'monthly mrr' as what,
            cast(monthly.as_of_day as varchar) as of_what,
            monthly.usd_minor,
            levels.usd_minor as facts_usd_minor
        from monthly
        left join levels on monthly.as_of_day = levels.day
        union all
        select
            'monthly recognition' as what,
            cast(recognized_daily.month as varchar) as of_what,
            recognized_monthly.usd_minor,
            recognized_daily.usd_minor as facts_usd_minor
        from recognized_daily
        left join recognized_monthly on recognized_daily.month = recognized_monthly.month
        union all
        select
            told.what,
            cast(told.account_id as varchar) as of_what,
            told.usd_minor,
            by_account.usd_minor as facts_usd_minor
        from told
        left join by_account on told.what = by_account.what and told.account_id = by_account.account_id
    )

select *
from pairs
where coalesce(usd_minor, 0) <> coalesce(facts_usd_minor, 0)
