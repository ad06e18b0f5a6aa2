"""The starting population: customers with a past, in equilibrium."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.arrivals import draw_intervals, draw_plans, lasting_traits, open_locations
from tapflow.business.customers.book import Rows
from tapflow.business.customers.people import hire
from tapflow.business.customers.periods import next_period_start
from tapflow.business.customers.state import NEVER, AccountStatus, Interval
from tapflow.business.customers.subscriptions import open_subscriptions, record_opening
from tapflow.business.day import Day
from tapflow.core.clock import SECONDS_PER_DAY
from tapflow.core.money import CURRENCIES


def found(company: Company, day: Day) -> None:
    """Create the accounts that paid before the first day, their houses, people and subscriptions."""
    count = company.scenario.size.accounts
    rows = np.arange(count, dtype=np.int64)
    wanted = _locations(company, rows)
    since = _begin(company, day, rows, wanted)
    created = (since * SECONDS_PER_DAY) + 43_200
    owner = np.repeat(rows, wanted)
    places = open_locations(company, day, owner, np.repeat(created, wanted))
    company.locations.created_day[places] = since[owner]
    hire(company, day, rows, created)
    company.users.created_day[:] = np.maximum(since[company.users.account], 0)
    _subscribe(company, day, rows, since, created)
    day.emit("account_changed", account=rows, at=created)


def _locations(company: Company, rows: Rows) -> Rows:
    """Locations an account by a heavy tail, brought to the profile's total by the smallest changes."""
    parameters, size = company.scenario.customers, company.scenario.size
    u = company.lasting().uniform("found/locations", rows)
    wanted = np.minimum((1 - u) ** (-1 / parameters.locations_tail), parameters.locations_most).astype(np.int64)
    order = np.argsort(company.lasting().uniform("found/order", rows))
    gap = size.locations - int(wanted.sum())
    step = 1 if gap > 0 else -1
    while gap != 0:
        able = order[wanted[order] > 1] if step < 0 else order[wanted[order] >= 1]
        chosen = able[: abs(gap)]
        wanted[chosen] += step
        gap -= step * len(chosen)
    return wanted


def _begin(company: Company, day: Day, rows: Rows, wanted: Rows) -> Rows:
    parameters, chance = company.scenario.customers, company.lasting()
    past = parameters.founding
    age = past.age_days_least + chance.exponential("found/age", rows, parameters.age_days_mean).astype(np.int64)
    since = day.number - np.minimum(age, past.age_days_most)
    region = chance.choice("found/region", rows, [r.weight for r in parameters.regions])
    currency = np.array([CURRENCIES.index(r.currency) for r in parameters.regions])
    large = wanted >= parameters.growth.large_locations
    industry = chance.choice("found/industry", rows, [i.weight for i in parameters.industries])
    traits = lasting_traits(company, rows)
    # A house that is still with us has stood at least since it came.
    business = since - traits.pop("business_age") // 2
    company.accounts.append(
        created_at=since * SECONDS_PER_DAY + 43_200,
        created_day=since,
        opened_day=business,
        industry=industry,
        country=region,
        currency=currency[region],
        channel=chance.integers("found/channel", rows, 0, 7),
        prospect=-1,
        status=AccountStatus.ACTIVE,
        status_day=since,
        trial_end_day=NEVER,
        first_paid_day=since,
        churned_day=NEVER,
        resume_day=NEVER,
        contract_end_day=NEVER,
        onboarded_day=np.where(
            chance.happens("found/onboarded", rows, past.onboarded), since + past.onboarded_days, NEVER
        ),
        subscription=-1,
        discount_end_day=NEVER,
        plan=draw_plans(company, rows, large),
        interval=draw_intervals(company, rows, large),
        sales_assisted=large | chance.happens("found/assisted", rows, past.assisted),
        sales_rep=-1,
        csm=-1,
        signal_usage_ratio=1.0,
        signal_features_adopted=4,
        **traits,
    )
    return since


def _subscribe(company: Company, day: Day, rows: Rows, since: Rows, created: NDArray[np.int64]) -> None:
    book = company.accounts
    chance = company.lasting()
    past = company.scenario.customers.founding
    share = np.where(book.sales_assisted[rows], past.discounted_assisted, past.discounted_others)
    discounted = chance.happens("found/discounted", rows, share)
    discount = np.where(discounted, 500 * (1 + chance.integers("found/discount", rows, 0, 5)), 0)
    subs = open_subscriptions(company, day, rows, created, discount, NEVER)
    company.subscriptions.started_day[subs] = since
    company.subscriptions.anchor_day[subs] = since
    book.first_paid_day[rows] = since
    book.status_day[rows] = since
    yearly = rows[book.interval[rows] == Interval.YEAR]
    interval = np.full(len(yearly), Interval.YEAR)
    book.contract_end_day[yearly] = next_period_start(since[yearly], interval, day.number)
    company.items.created_at[:] = created[company.subscriptions.account[company.items.subscription]]
    day.emit("subscription_changed", subscription=subs, at=created, kind=0)
    record_opening(company, day)
