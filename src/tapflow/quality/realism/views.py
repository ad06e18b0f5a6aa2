"""Views over the emitted logs that several statistics read.

The logs lie in schema `log` as `<system>__<object>`, every version as the source wrote it.
"""

from __future__ import annotations

VIEWS: tuple[str, ...] = (
    """
    create or replace table facts.clock as
    select cast(min(committed_at) filter (where op = 'U') as date) as first_day,
        cast(max(committed_at) as date) as last_day
    from log.app__accounts
    """,
    """
    create or replace table facts.accounts as
    select id as account_id, created_at, opened_on, industry, currency, country, is_internal, activated_at
    from log.app__accounts qualify row_number() over (partition by id order by lsn desc) = 1
    """,
    # Accounts over time: spells of one status; the last lasts to the end.
    """
    create or replace table facts.spells as
    select id as account_id, status, churn_reason, plan, billing_interval, committed_at as from_at,
        coalesce(lead(committed_at) over (partition by id order by lsn),
            (select last_day + interval 1 day from facts.clock)) as to_at,
        lag(status) over (partition by id order by lsn) as status_before
    from log.app__accounts where not is_internal
    """,
    """
    create or replace table facts.churns as
    select account_id, from_at as churned_at, churn_reason from facts.spells
    where status = 'churned' and status_before in ('active', 'paused')
    """,
    # Paying time within the simulated days.
    """
    create or replace table facts.paying as
    select account_id, greatest(from_at, (select first_day from facts.clock)) as from_at, to_at, billing_interval
    from facts.spells where status = 'active' and to_at > (select first_day from facts.clock)
    """,
    """
    create or replace table facts.houses as
    select account_id, count(*) as locations
    from (select * from log.app__locations qualify row_number() over (partition by id order by lsn desc) = 1)
    where closed_at is null group by account_id
    """,
    # MRR of a subscription from each day on which Stripe changed it; one rate a currency will do here.
    """
    create or replace table facts.mrr_steps as
    with versions as (
        select s.id, a.account_id, cast(to_timestamp(s.updated) as date) as day, s.status, s.items, s.discount,
            s.pause_collection, s.currency
        from log.stripe__subscriptions as s
        join (select stripe_subscription_id, any_value(account_id) as account_id
            from log.app__subscriptions group by 1) as a on a.stripe_subscription_id = s.id
        join facts.accounts as who on who.account_id = a.account_id and not who.is_internal
        qualify row_number() over (partition by s.id, cast(to_timestamp(s.updated) as date) order by s.updated desc) = 1
    ),
    items as (
        select id, day, unnest(json_extract(items, '$.data[*]')) as item from versions
    ),
    sums as (
        select id, day, sum(
            cast(json_extract(item, '$.price.unit_amount') as double) * cast(json_extract(item, '$.quantity') as double)
            / case when json_extract_string(item, '$.price.recurring.interval') = 'year' then 12 else 1 end) as gross
        from items group by 1, 2
    )
    select v.account_id, v.id, v.day, lead(v.day) over (partition by v.id order by v.day) as to_day,
        case when v.status in ('active', 'past_due') and v.pause_collection is null then s.gross
            * (1 - coalesce(cast(json_extract(v.discount, '$.coupon.percent_off') as double), 0) / 100)
            * case v.currency when 'eur' then 1.1 when 'gbp' then 1.3 else 1 end / 100 else 0 end as mrr
    from versions as v join sums as s using (id, day)
    """,
    # What each account's MRR rose or fell by on a day, and what it stood at before.
    """
    create or replace table facts.mrr_moves as
    with deltas as (
        select account_id, day, mrr - coalesce(lag(mrr) over (partition by id order by day), 0) as delta
        from facts.mrr_steps
    ),
    days as (select account_id, day, sum(delta) as delta from deltas group by 1, 2)
    select account_id, day, delta, sum(delta) over (partition by account_id order by day) - delta as before,
        row_number() over (partition by account_id order by day) as step
    from days
    """,
)


def mrr_on(day_sql: str) -> str:
    """MRR of each account on a day, as a subquery with account_id and mrr."""
    return (
        f"(select account_id, sum(mrr) as mrr from facts.mrr_steps where day <= ({day_sql}) "
        f"and (to_day is null or to_day > ({day_sql})) group by 1)"
    )
