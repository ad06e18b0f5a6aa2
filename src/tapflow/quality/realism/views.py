"""Views over the emitted logs that several statistics read.

The logs lie in schema `log` as `<system>__<object>`, every version as the source wrote it.
"""

from __future__ import annotations

# The two large streams are digested in spans of days, so that memory stays bounded. What is told
# twice across a span's edge counts twice: a handful of messages among millions.
DIGESTS: tuple[tuple[str, str, str], ...] = (
    # A signed-in person is known by the app's number. A session begun signed out has an id of its own until the
    # sign-in on the same day: counted too, it would make a second person that is never seen again.
    (
        "posthog/events",
        "facts.use",
        """
        select distinct distinct_id as person, cast("timestamp" as date) as day
        from span.posthog__events
        where lib in ('web-app', 'mobile-app') and try_cast(distinct_id as bigint) is not null
        """,
    ),
    (
        "posthog/events",
        "facts.features",
        """
        select distinct try_cast(account_id as bigint) as account_id, cast("timestamp" as date) as day, event as feature
        from span.posthog__events
        where lib in ('web-app', 'mobile-app') and event not like '$%' and account_id is not null
        """,
    ),
    (
        "posthog/events",
        "facts.visits",
        """
        select distinct_id as person, cast("timestamp" as date) as day,
            max(case when utm_campaign is not null then 1 else 0 end) as tagged,
            max(case when event = 'signup_completed' then 1 else 0 end) as signed
        from span.posthog__events where lib = 'web' group by 1, 2
        """,
    ),
    (
        "telemetry/events",
        "facts.flows",
        """
        select device_serial, seen_at - seen_at % 3600 as hour_at,
            count(*) filter (where flow = 'serve') as pours,
            sum(ml) filter (where flow <> 'serve') as waste_ml, sum(ml) as volume_ml
        from (
            select device_serial, boot, sequence, any_value(flow) as flow,
                any_value(case when unit = 'moz' then volume * 0.0295735 else volume end) as ml,
                any_value(least(occurred_at, received_at)) as seen_at
            from span.telemetry__events where event = 'pour' group by 1, 2, 3
        ) group by 1, 2
        """,
    ),
    (
        "telemetry/events",
        "facts.signs",
        """
        select device_serial, event, least(occurred_at, received_at) as seen_at
        from span.telemetry__events where event in ('connect', 'disconnect', 'fault')
        """,
    ),
)

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
    """
    create or replace table facts.discounts as
    select account_id, day, lead(day) over (partition by id order by day) as to_day, percent_off
    from (
        select s.id, a.account_id, cast(to_timestamp(s.updated) as date) as day,
            max(cast(json_extract(s.discount, '$.coupon.percent_off') as double)) as percent_off
        from log.stripe__subscriptions as s
        join (select stripe_subscription_id, any_value(account_id) as account_id
            from log.app__subscriptions group by 1) as a on a.stripe_subscription_id = s.id group by 1, 2, 3
    )
    """,
    """
    create or replace table facts.people as
    select lower(u.email) as email, any_value(m.account_id) as account_id
    from (select distinct id, email from log.app__users) as u
    join (select distinct user_id, account_id from log.app__memberships) as m on m.user_id = u.id group by 1
    """,
    """
    create or replace table facts.tickets as
    select distinct t.id, p.account_id, cast(t.created_at as date) as day
    from log.zendesk__tickets as t
    join (select distinct id, lower(email) as email from log.zendesk__users) as u on u.id = t.requester_id
    join facts.people as p using (email)
    """,
    """
    create or replace table facts.rated as
    select r.ticket_id, r.score, cast(json_extract(m.reply_time_in_minutes, '$.business') as double) / 60 as hours
    from log.zendesk__satisfaction_ratings as r
    join (select * from log.zendesk__ticket_metrics
        qualify row_number() over (partition by id order by updated_at desc) = 1) as m using (ticket_id)
    """,
    """
    create or replace table facts.failures as
    select s.account_id, cast(to_timestamp(c.created) as date) as day
    from log.stripe__charges as c
    join (select distinct id, subscription from log.stripe__invoices) as i on i.id = c.invoice
    join (select stripe_subscription_id, any_value(account_id) as account_id
        from log.app__subscriptions group by 1) as s on s.stripe_subscription_id = i.subscription
    where c.status = 'failed' group by 1, 2
    """,
    """
    create or replace table facts.devices as
    select d.serial_number as device_serial, d.installed_at, d.removed_at, l.account_id, l.timezone
    from (select * from log.app__devices qualify row_number() over (partition by id order by lsn desc) = 1) as d
    join (select id, any_value(account_id) as account_id, any_value(timezone) as timezone
        from log.app__locations group by 1) as l on l.id = d.location_id
    """,
    """
    create or replace table facts.pours as
    select account_id, cast(here as date) as day, extract(hour from here) as hour,
        sum(pours) as pours, sum(waste_ml) as waste_ml, sum(volume_ml) as volume_ml
    from (
        select f.*, d.account_id, timezone(d.timezone, to_timestamp(hour_at)) as here
        from facts.flows as f join facts.devices as d using (device_serial)
    ) group by 1, 2, 3
    """,
    """
    create or replace table facts.faults as
    select distinct d.account_id, cast(to_timestamp(seen_at) as date) as day
    from facts.signs join facts.devices as d using (device_serial) where event = 'fault'
    """,
    """
    create or replace table facts.links as
    select device_serial, event, seen_at,
        lead(seen_at) over (partition by device_serial order by seen_at, event) as until
    from facts.signs
    """,
    # Up from a connect to the next disconnect or fault; down from these to the next connect.
    """
    create or replace table facts.uptime as
    select device_serial, cast(to_timestamp(seen_at) as date) as day,
        sum(case when event = 'connect' then until - seen_at else 0 end) as up_seconds,
        sum(until - seen_at) as monitored_seconds
    from facts.links where until is not null group by 1, 2
    """,
    """
    create or replace table facts.offline as
    select d.account_id, cast(to_timestamp(seen_at) as date) as day, sum(until - seen_at) / 3600.0 as hours
    from facts.links join facts.devices as d using (device_serial)
    where event <> 'connect' and until is not null group by 1, 2
    """,
    # Each paying account every week: a week's pours against the four weeks' mean.
    """
    create or replace table facts.weeks as
    with grid as (
        select cast(unnest(generate_series(first_day + 28, last_day - 7, interval 7 day)) as date) as day
        from facts.clock
    ),
    base as (
        select distinct p.account_id, g.day
        from grid as g join facts.paying as p on p.from_at <= g.day and p.to_at > g.day
    )
    select b.account_id, b.day,
        sum(pours) filter (where p.day >= b.day - 7) / nullif(sum(pours) / 4.0, 0) as usage_ratio
    from base as b join (select account_id, day, sum(pours) as pours from facts.pours group by 1, 2) as p
        on p.account_id = b.account_id and p.day >= b.day - 28 and p.day < b.day group by 1, 2
    """,
    # Each paying account every 28 days; then with what a cause may speak of.
    """
    create or replace table facts.grid as
    with days as (
        select cast(unnest(generate_series(first_day + 28, last_day - 28, interval 28 day)) as date) as day
        from facts.clock
    )
    select p.account_id, d.day from days as d join facts.paying as p on p.from_at <= d.day and p.to_at > d.day
    """,
    # Devices as of the day: who has left since has none today.
    """
    create or replace table facts.trouble as
    with down as (
        select g.account_id, g.day, sum(o.hours) as hours from facts.grid as g join facts.offline as o
            on o.account_id = g.account_id and o.day >= g.day - 28 and o.day < g.day group by 1, 2
    ),
    fleet as (
        select g.account_id, g.day, count(*) as devices from facts.grid as g join facts.devices as d
            on d.account_id = g.account_id and cast(d.installed_at as date) < g.day
            and (d.removed_at is null or cast(d.removed_at as date) >= g.day) group by 1, 2
    )
    select f.account_id, f.day, f.devices, coalesce(d.hours, 0) / f.devices as offline_hours
    from fleet as f left join down as d using (account_id, day)
    """,
    """
    create or replace table facts.adoption as
    select g.account_id, g.day, count(distinct feature) as features from facts.grid as g left join facts.features as f
        on f.account_id = g.account_id and f.day >= g.day - 28 and f.day < g.day group by 1, 2
    """,
    """
    create or replace table facts.terms as
    select g.account_id, g.day, coalesce(max(d.percent_off), 0) as discount from facts.grid as g
    left join facts.discounts as d
        on d.account_id = g.account_id and d.day <= g.day and (d.to_day is null or d.to_day > g.day) group by 1, 2
    """,
)


def mrr_on(day_sql: str) -> str:
    """MRR of each account on a day, as a subquery with account_id and mrr."""
    return (
        f"(select account_id, sum(mrr) as mrr from facts.mrr_steps where day <= ({day_sql}) "
        f"and (to_day is null or to_day > ({day_sql})) group by 1)"
    )
