"""New accounts: sign-ups for a trial, and deals that sales won."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.book import Customers, Rows, tell_events
from tapflow.business.customers.people import hire
from tapflow.business.customers.state import NEVER, AccountStatus, Cause, Interval
from tapflow.business.day import Columns, Day
from tapflow.core.money import CURRENCIES


def arrive(company: Company, day: Day) -> None:
    """Turn the day's sign-up intents into trials, and its won deals into signed accounts."""
    intents = day.fact("signup_intent")
    if intents is not None:
        _sign_up(company, day, intents)
    deals = day.fact("deal_won")
    if deals is not None:
        _sign(company, day, deals)


def _sign_up(company: Company, day: Day, intents: Columns) -> None:
    rows = _new_accounts(company, day, intents)
    trial = company.scenario.customers.trials
    longer = day.chance.happens("customers/extension", rows, trial.extension)
    at = company.accounts.created_at[rows]
    company.accounts.status[rows] = AccountStatus.TRIAL
    company.accounts.trial_end_day[rows] = day.number + trial.days + 7 * longer
    company.accounts.is_test[rows] = day.chance.happens(
        "customers/test", rows, company.scenario.customers.mess.test_accounts
    )
    day.emit("signup", account=rows, prospect=intents["prospect"], channel=intents["channel"], at=at)
    day.emit("account_changed", account=rows, at=at)
    tell_events(day, rows, at, "signup")
    tell_events(day, rows, at, "trial_started")
    found_houses(company, day, rows, intents["locations_wanted"], at)
    company.part(Customers).onboarding.append(account=rows, step=0, done=False)


def _sign(company: Company, day: Day, deals: Columns) -> None:
    rows = _new_accounts(company, day, deals)
    book = company.accounts
    at = book.created_at[rows]
    book.status[rows] = AccountStatus.SIGNED
    book.sales_assisted[rows] = True
    book.sales_rep[rows] = deals["rep"]
    book.plan[rows] = deals["plan"]
    book.interval[rows] = deals["interval"]
    memory = company.part(Customers)
    memory.starts.append(
        account=rows,
        start_day=np.maximum(deals["start_day"], day.number + 1),
        plan=deals["plan"],
        interval=deals["interval"],
        discount_bp=deals["discount_bp"],
        locations=deals["locations_wanted"],
    )
    memory.onboarding.append(account=rows, step=0, done=False)
    day.emit("account_changed", account=rows, at=at)
    tell_events(day, rows, at, "signed")
    found_houses(company, day, rows, deals["locations_wanted"], at)


def _new_accounts(company: Company, day: Day, comers: Columns) -> Rows:
    count = len(comers["prospect"])
    expected = company.accounts.rows[-1] + 1 + np.arange(count) if len(company.accounts) else np.arange(count)
    traits = lasting_traits(company, expected)
    large = comers["locations_wanted"] >= company.scenario.customers.growth.large_locations
    currency = np.array([CURRENCIES.index(r.currency) for r in company.scenario.customers.regions])
    rows = company.accounts.append(
        created_at=comers["at"],
        created_day=day.number,
        opened_day=day.number - traits.pop("business_age"),
        industry=comers["industry"],
        country=comers["region"],
        currency=currency[comers["region"]],
        channel=comers["channel"],
        prospect=comers["prospect"],
        status_day=day.number,
        trial_end_day=NEVER,
        first_paid_day=NEVER,
        churned_day=NEVER,
        cause=Cause.NONE,
        resume_day=NEVER,
        contract_end_day=NEVER,
        onboarded_day=NEVER,
        subscription=-1,
        discount_end_day=NEVER,
        plan=draw_plans(company, expected, large),
        interval=draw_intervals(company, expected, large),
        sales_rep=-1,
        csm=-1,
        signal_usage_ratio=1.0,
        **traits,
    )
    return rows


def lasting_traits(company: Company, rows: Rows) -> dict[str, NDArray[Any]]:
    """What an account is and stays: quality, sensitivity to price, appetite, the age of its business in days."""
    traits, chance = company.scenario.customers.traits, company.lasting()
    quality = traits.quality_mean + traits.quality_sigma * chance.normal("customers/quality", rows)
    age = chance.exponential("customers/business_age", rows, traits.business_age_days_mean)
    return {
        "quality": np.clip(quality, traits.quality_least, traits.quality_most),
        "price_sensitivity": _spread(traits.price_sigma, chance.normal("customers/price", rows)),
        "appetite": _spread(traits.appetite_sigma, chance.normal("customers/appetite", rows)),
        "business_age": age.astype(np.int64),
    }


def _spread(sigma: float, normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """A log-normal factor of mean 1."""
    return np.asarray(np.exp(sigma * normal - sigma**2 / 2))


def draw_plans(company: Company, rows: Rows, large: NDArray[np.bool_]) -> Rows:
    """The plan that an account takes, by its size."""
    plans = company.scenario.plans.plans
    small_pick = company.lasting().choice("customers/plan", rows, [p.weight for p in plans])
    large_pick = company.lasting().choice("customers/plan", rows, [p.large_weight for p in plans])
    return np.where(large, large_pick, small_pick)


def draw_intervals(company: Company, rows: Rows, large: NDArray[np.bool_]) -> Rows:
    """Monthly or yearly; large accounts are twice as likely to pay by the year."""
    share = np.where(
        large, min(1.0, 2 * company.scenario.customers.yearly_share), company.scenario.customers.yearly_share
    )
    return np.where(company.lasting().happens("customers/interval", rows, share), Interval.YEAR, Interval.MONTH)


def found_houses(company: Company, day: Day, accounts: Rows, wanted: Rows, at: NDArray[np.int64]) -> None:
    """Open the accounts' first locations, each with its taps, and give them their people."""
    owner = np.repeat(accounts, wanted)
    open_locations(company, day, owner, np.repeat(at, wanted))
    hire(company, day, accounts, at)


def open_locations(company: Company, day: Day, accounts: Rows, at: NDArray[np.int64]) -> Rows:
    """Open one location for each entry of `accounts` (which may repeat) and count its taps in."""
    if len(accounts) == 0:
        return np.zeros(0, dtype=np.int64)
    parameters, chance = company.scenario.customers, company.lasting()
    numbers = len(company.locations) + np.arange(len(accounts))
    industry = company.accounts.industry[accounts]
    mean = np.array([i.taps_mean for i in parameters.industries])[industry]
    taps = np.minimum(1 + chance.poisson("customers/taps", numbers, mean - 1), parameters.taps_most)
    regions = company.accounts.country[accounts].astype(np.int64)
    latitude = np.array([r.latitude for r in parameters.regions])[regions]
    longitude = np.array([r.longitude for r in parameters.regions])[regions]
    capacity = np.array([i.capacity for i in parameters.industries])[industry]
    rows = company.locations.append(
        account=accounts,
        created_at=at,
        created_day=day.number,
        closed_day=NEVER,
        region=regions,
        latitude=np.round(
            latitude + parameters.traits.latitude_sigma * chance.normal("customers/latitude", numbers), 5
        ),
        longitude=np.round(
            longitude + parameters.traits.longitude_sigma * chance.normal("customers/longitude", numbers), 5
        ),
        taps=taps,
        capacity=chance.lognormal("customers/capacity", numbers, capacity, parameters.traits.capacity_sigma),
        updated_at=at,
    )
    np.add.at(company.accounts.locations, accounts, 1)
    np.add.at(company.accounts.taps, accounts, taps)
    day.emit("location_changed", location=rows, at=at)
    return rows
