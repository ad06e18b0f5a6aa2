"""Figures of MRR as customers and subscriptions hold it, by plan, place and terms; and its attribution."""

from __future__ import annotations

from tapflow.quality.figure import Figure, told

# Each subscription's MRR from the day of a movement on, until the next one.
_LEVELS = """(
    select subscription, account, currency, from_day, level,
        lead(from_day) over (partition by subscription order by from_day) as to_day
    from (
        select subscription, any_value(account) as account, any_value(currency) as currency,
            cast("at" as date) as from_day,
            sum(sum(amount_usd_minor)) over (partition by subscription order by cast("at" as date)) as level
        from truth.mrr_movement where not is_test group by subscription, cast("at" as date)
    )
)"""
_STATES = """(
    select account, plan, country, region, "interval", day as from_day,
        lead(day) over (partition by account order by day) as to_day
    from truth.account
)"""
_MONTH_ENDS = """(
    select day, lag(day) over (order by day) as day_before from (
        select max(day) as day from truth.cash_day group by date_trunc('month', day)
    )
)"""


def _book(days: str) -> str:
    """The subscriptions that carry MRR at the ends of days, with what their customers were then."""
    return f"""(
        select days.day, m.subscription, m.currency, m.level, s.plan, s.country, s.region, s."interval"
        from {days} as days
        join {_LEVELS} as m on m.from_day <= days.day and (m.to_day is null or m.to_day > days.day)
        join {_STATES} as s
            on s.account = m.account and s.from_day <= days.day and (s.to_day is null or s.to_day > days.day)
        where m.level > 0
    )"""


_PLACES = {
    "plan": ("plan", "plan"),
    "country": ("country", "country"),
    "region": ("region", "region"),
    "billing_interval": ("billing_interval", '"interval"'),
}
_TERMS = {
    "plan": ("plan", "plan"),
    "billing_interval": ("billing_interval", '"interval"'),
    "currency": ("currency", "currency"),
}
_FIRST = "kind = 'new' and not is_test and amount_usd_minor <> 0"
_MODELS = "(select unnest(['first', 'last', 'linear', 'time_decay', 'position']) as model)"


def _by_customers(name: str, title: str, unit: str, published: str, truth: str) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="billing",
        unit=unit,
        kind="stock",
        published=told("day", published, "entity.entity_customers_daily where not is_internal"),
        truth=told("day", truth, _book("(select day from truth.cash_day)")),
        dims=_PLACES,
    )


def _by_subscriptions(name: str, title: str, unit: str, published: str, truth: str) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="billing",
        unit=unit,
        kind="stock",
        published=told("as_of_day", published, "entity.entity_subscriptions_monthly where mrr_usd_minor > 0"),
        truth=told("day", truth, _book(_MONTH_ENDS)),
        dims=_TERMS,
    )


def _attributed(name: str, title: str, unit: str, published: str, truth: str) -> Figure:
    """What each model shares out: the same whole, whatever the touchpoints."""
    return Figure(
        name=name,
        title=title,
        domain="marketing",
        unit=unit,
        kind="flow",
        published=told("conversion_date", published, "fact.fact_attribution"),
        truth=told("at", truth, f"truth.mrr_movement cross join {_MODELS} where {_FIRST}"),
        dims={"model": ("model", "model")},
    )


FIGURES: tuple[Figure, ...] = (
    _by_customers("customers_mrr", "MRR, customer by customer", "usd_minor", "sum(mrr_usd_minor)", "sum(level)"),
    _by_customers(
        "customers_paying",
        "Customers with MRR, customer by customer",
        "count",
        "count(*) filter (where is_paying)",
        "count(*)",
    ),
    _by_subscriptions(
        "subscriptions_mrr", "MRR at a month's end, by subscription", "usd_minor", "sum(mrr_usd_minor)", "sum(level)"
    ),
    _by_subscriptions(
        "subscriptions_paying", "Subscriptions with MRR at a month's end", "count", "count(*)", "count(*)"
    ),
    Figure(
        name="subscriptions_mrr_change",
        title="Change of MRR within a month, by subscription",
        domain="billing",
        unit="usd_minor",
        kind="flow",
        published=told("as_of_day", "sum(change_usd_minor)", "entity.entity_subscriptions_monthly"),
        truth=told(
            "days.day",
            "sum(amount_usd_minor)",
            f"{_MONTH_ENDS} as days join truth.mrr_movement as m "
            "on cast(m.at as date) <= days.day and (days.day_before is null or cast(m.at as date) > days.day_before) "
            "where not is_test and kind <> 'opening'",
        ),
        dims={"currency": ("currency", "currency")},
    ),
    _attributed(
        "attributed_revenue",
        "First-year revenue of new customers, as each of five models shares it out, summed over the models",
        "usd_minor",
        "sum(attributed_revenue_usd_minor)",
        "12 * sum(amount_usd_minor)",
    ),
    _attributed(
        "attributed_conversions",
        "New customers, as each of five models shares them out, summed over the models",
        "count",
        "sum(attributed_conversions)",
        "count(*)",
    ),
)
