"""Figures about customers: stocks from their daily table, events from their history."""

from __future__ import annotations

from tapflow.quality.figure import Figure, told

_DIMS = {
    "plan": ("plan", "plan"),
    "country": ("country", "country"),
    "region": ("region", "region"),
    "billing_interval": ("billing_interval", '"interval"'),
}
_CHANNEL = {"channel": ("acquisition_channel", "channel"), "industry": ("industry", "industry")}

# The ledger tells an account on each day on which it changed; here it is spread over all days.
_SPREAD = """
    select days.day, s.*
    from (
        select cast(unnest(generate_series(min(day), max(day), interval '1' day)) as date) as day from truth.cash_day
    ) as days
    join (
        select * exclude (day), day as from_day, lead(day) over (partition by account order by day) as to_day
        from truth.account
    ) as s on s.from_day <= days.day and (s.to_day is null or s.to_day > days.day)
    where not s.is_test
"""
_REAL = (
    "(select account, max_by(channel, day) as channel, max_by(industry, day) as industry "
    "from truth.account group by account having not max(is_test))"
)
_HISTORY = (
    "entity.entity_customers_history left join "
    "(select account_id, acquisition_channel, industry from entity.entity_customers) using (account_id)"
)


def _stock(name: str, title: str, published_value: str, truth_value: str, status: str) -> Figure:
    among = f"account_status in ({status})"
    return Figure(
        name=name,
        title=title,
        domain="customers",
        unit="count",
        kind="stock",
        published=f"select $period(day) as period, $dim as dim, {published_value} as value "
        f"from entity.entity_customers_daily where {among} and not is_internal group by 1, 2",
        truth=f"select $period(day) as period, $dim as dim, {truth_value} as value "
        f"from ({_SPREAD}) where {among.replace('account_status', 'status')} group by 1, 2",
        dims=_DIMS,
    )


# Metrics read plans and places from the history: at the ends of months it is held against the ledger.
_MONTH_ENDS = "(select max(day) as day from {days} group by date_trunc('month', day))"
_HELD = f"""
    {_MONTH_ENDS.format(days="entity.entity_customers_daily")} as days
    join entity.entity_customers_history as h on h.valid_from < days.day + interval '1' day
        and (h.valid_to is null or h.valid_to >= days.day + interval '1' day)
    where h.account_status = 'active' and not h.is_internal
"""
_TRULY_HELD = f"""
    {_MONTH_ENDS.format(days="truth.cash_day")} as days
    join (
        select * exclude (day), day as from_day, lead(day) over (partition by account order by day) as to_day
        from truth.account
    ) as s on s.from_day <= days.day and (s.to_day is null or s.to_day > days.day)
    where s.status = 'active' and not s.is_test
"""


# A change on the first day is in no log: the log's first snapshot shows what an account had become by its end.
_FIRST_DAY = "(select min(day) from truth.cash_day)"


def _event(name: str, title: str, condition: str, kinds: str, dims: dict[str, tuple[str, str]] | None = None) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="customers",
        unit="count",
        kind="flow",
        published="select $period(valid_from) as period, $dim as dim, count(*) as value "
        f"from {_HISTORY} where {condition} and not is_internal "
        "and valid_from >= (select min(day) from entity.entity_customers_daily) group by 1, 2",
        truth="select $period(at) as period, $dim as dim, count(*) as value from truth.customer_event "
        f"join {_REAL} using (account) where kind in ({kinds}) group by 1, 2",
        explained="select $period(at) as period, $dim as dim, -count(*) as value from truth.customer_event "
        f'join {_REAL} using (account) where kind in ({kinds}) and cast("at" as date) = {_FIRST_DAY} group by 1, 2'
        if "'status'" in condition
        else None,
        dims={**_CHANNEL, **(dims or {})},
    )


_MOVE = "change_reason = 'status' and account_status = '{to}' and previous_status = '{before}'"
FIGURES: tuple[Figure, ...] = (
    _stock("active_accounts", "Active customers, as the product counts them", "count(*)", "count(*)", "'active'"),
    _stock("trial_accounts", "Accounts on trial", "count(*)", "count(*)", "'trial'"),
    _stock("open_locations", "Open locations of active customers", "sum(open_locations)", "sum(locations)", "'active'"),
    _stock("open_taps", "Taps of active customers", "sum(open_taps)", "sum(taps)", "'active'"),
    Figure(
        name="active_accounts_by_history",
        title="Active customers at a month's end, by their history",
        domain="customers",
        unit="count",
        kind="stock",
        published=told("days.day", "count(*)", _HELD),
        truth=told("days.day", "count(*)", _TRULY_HELD),
        dims=_DIMS,
    ),
    _event("signups", "Trials begun", "change_reason = 'created' and account_status = 'trial'", "'signup'"),
    _event(
        "deals_signed",
        "Accounts signed by sales",
        "change_reason = 'created' and account_status = 'signed'",
        "'signed'",
    ),
    _event(
        "trials_converted",
        "Trials that became customers",
        _MOVE.format(to="active", before="trial"),
        "'trial_converted'",
    ),
    _event(
        "trials_expired",
        "Trials that ended without paying",
        _MOVE.format(to="expired", before="trial"),
        "'trial_expired'",
    ),
    _event(
        "signed_started", "Signed accounts that began to pay", _MOVE.format(to="active", before="signed"), "'started'"
    ),
    _event(
        "accounts_churned",
        "Customers that left",
        "change_reason = 'status' and account_status = 'churned'",
        "'churned'",
        {"cause": ("churn_reason", "cause")},
    ),
    _event(
        "accounts_paused", "Customers that paused", "change_reason = 'status' and account_status = 'paused'", "'paused'"
    ),
    _event("accounts_resumed", "Customers back from a pause", _MOVE.format(to="active", before="paused"), "'resumed'"),
    _event("accounts_won_back", "Customers that returned", _MOVE.format(to="active", before="churned"), "'won_back'"),
    Figure(
        name="onboardings_completed",
        title="Accounts that finished onboarding",
        domain="customers",
        unit="count",
        kind="flow",
        published="select $period(onboarded_at) as period, $dim as dim, count(*) as value from entity.entity_customers "
        "where not is_internal and onboarded_at >= (select min(day) from entity.entity_customers_daily) group by 1, 2",
        truth="select $period(at) as period, $dim as dim, count(*) as value from truth.customer_event "
        f"join {_REAL} using (account) where kind = 'onboarded' group by 1, 2",
        dims=_CHANNEL,
    ),
)
