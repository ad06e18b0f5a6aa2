-- Grain: one row per account and day on which its MRR changed, or its worth at a new year's rates
with
    per_version as (
        select
            subscription_id,
            account_id,
            version_day,
            rate_year,
            from_day,
            until_day,
            is_new_rate,
            sum(mrr_usd_minor) as mrr_usd_minor
        from {{ ref("int_billing__mrr_periods") }}
        group by subscription_id, account_id, version_day, rate_year, from_day, until_day, is_new_rate
    ),

    rate_steps as (
        select
            subscription_id,
            account_id,
            version_day,
            rate_year,
            mrr_usd_minor
            - lag(mrr_usd_minor) over (partition by subscription_id, version_day order by rate_year) as fx_usd_minor
        from per_version
    ),

    fx as (
        select
            account_id, cast(cast(rate_year as varchar) || '-01-01' as date) as day, sum(fx_usd_minor) as fx_usd_minor
        from rate_steps
        where fx_usd_minor <> 0
        group by account_id, rate_year
    ),

    levels as (
        select
            subscription_id,
            account_id,
            from_day,
            until_day,
            mrr_usd_minor,
            lag(mrr_usd_minor) over (partition by subscription_id order by from_day) as previous_usd_minor
        from per_version
        where from_day < until_day
    ),

    changes as (
        select
            account_id,
            from_day as day,
            max(subscription_id) as subscription_id,
            sum(mrr_usd_minor - coalesce(previous_usd_minor, 0)) as change_usd_minor
        from levels
        where mrr_usd_minor <> coalesce(previous_usd_minor, 0)
        group by account_id, from_day
    ),

    days as (
        select
            coalesce(changes.account_id, fx.account_id) as account_id,
            coalesce(changes.day, fx.day) as day,
            changes.subscription_id,
            coalesce(changes.change_usd_minor, 0) as change_usd_minor,
            coalesce(fx.fx_usd_minor, 0) as fx_usd_minor
        from changes
        full outer join fx on changes.account_id = fx.account_id and changes.day = fx.day
    ),

    running as (
        select *, sum(change_usd_minor) over (partition by account_id order by day) as after_usd_minor from days
    )

select
    account_id,
    day,
    subscription_id,
    cast(after_usd_minor - change_usd_minor as bigint) as before_usd_minor,
    cast(fx_usd_minor as bigint) as fx_usd_minor,
    cast(after_usd_minor as bigint) as after_usd_minor,
    cast(
        coalesce(
            max(after_usd_minor) over (
                partition by account_id order by day rows between unbounded preceding and 1 preceding
            ),
            0
        ) as bigint
    ) as most_before_usd_minor
from running
