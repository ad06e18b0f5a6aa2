"""Trials and onboarding: from a sign-up to the first bill."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.book import Customers, Rows, instants, tell_events
from tapflow.business.customers.state import NEVER, AccountStatus
from tapflow.business.customers.subscriptions import open_subscriptions
from tapflow.business.day import Day


def onboard(company: Company, day: Day) -> None:
    """Accounts under way finish their next onboarding step; those that left stop."""
    running = company.part(Customers).onboarding
    open_rows = np.flatnonzero(~running.done)
    accounts = running.account[open_rows]
    steps = company.scenario.customers.onboarding_steps
    gone = np.isin(company.accounts.status[accounts], (AccountStatus.CHURNED, AccountStatus.EXPIRED))
    old = day.number - company.accounts.created_day[accounts] > 90
    running.done[open_rows[gone | old]] = True
    going = ~(gone | old) & (company.accounts.created_day[accounts] < day.number)
    trials = company.scenario.customers.trials
    chance = trials.onboarding_daily * (trials.onboarding_base + company.accounts.quality[accounts])
    advanced = open_rows[going & day.chance.happens("customers/onboarding", accounts, chance)]
    if len(advanced) == 0:
        return
    who = running.account[advanced]
    at = instants(day, "customers/onboarding_at", who)
    day.emit("onboarding_step", account=who, step=running.step[advanced].astype(np.int64), at=at)
    running.step[advanced] += 1
    finished = running.step[advanced] == len(steps)
    running.done[advanced[finished]] = True
    company.accounts.onboarded_day[who[finished]] = day.number
    tell_events(day, who[finished], at[finished], "onboarded")
    day.emit("account_changed", account=who[finished], at=at[finished])


def decide(company: Company, day: Day) -> None:
    """Trials convert (some early) or expire at their end."""
    book = company.accounts
    trial = company.scenario.customers.trials
    rows = np.flatnonzero((book.status == AccountStatus.TRIAL) & (book.created_day < day.number))
    lasting = company.lasting()
    will = lasting.happens("customers/converts", rows, _conversion(company, rows))
    early = lasting.happens("customers/early", rows, trial.early_conversion)
    early_day = book.created_day[rows] + 3 + lasting.integers("customers/early_day", rows, 0, trial.days - 4)
    due = np.where(early & will, early_day, book.trial_end_day[rows])
    convert_trials(company, day, rows[will & (due == day.number)])
    expired = rows[~will & (due == day.number)]
    at = instants(day, "customers/expired_at", expired)
    book.status[expired] = AccountStatus.EXPIRED
    book.status_day[expired] = day.number
    day.emit("account_changed", account=expired, at=at)
    tell_events(day, expired, at, "trial_expired")


def _conversion(company: Company, rows: Rows) -> NDArray[np.float64]:
    customers = company.scenario.customers
    base, above = customers.trials.conversion, company.accounts.quality[rows] - customers.traits.quality_mean
    odds = base / (1 - base) * np.exp(customers.trials.quality_effect * above)
    return np.asarray(odds / (1 + odds))


def convert_trials(company: Company, day: Day, rows: Rows) -> None:
    """The accounts subscribe: with a coupon, if they found one."""
    if len(rows) == 0:
        return
    at = instants(day, "customers/converted_at", rows)
    coupons = company.scenario.plans.coupons
    weights = [*(c.share for c in coupons), 1 - sum(c.share for c in coupons)]
    found = day.chance.choice("customers/coupon", rows, weights)
    discount = np.array([*(c.discount_bp for c in coupons), 0])[found]
    months = np.array([*(c.months or 0 for c in coupons), 0])[found]
    end_day = np.where(months > 0, day.number + months * 30, NEVER)
    open_subscriptions(company, day, rows, at, discount, end_day)
    order_hardware(company, day, rows, company.accounts.locations[rows], at)
    day.emit("account_changed", account=rows, at=at)
    tell_events(day, rows, at, "trial_converted")


def begin_signed(company: Company, day: Day) -> None:
    """Accounts that sales won start to pay on the agreed day."""
    starts = company.part(Customers).starts
    due = np.flatnonzero(~starts.done & (starts.start_day <= day.number))
    if len(due) == 0:
        return
    starts.done[due] = True
    rows = starts.account[due]
    at = instants(day, "customers/started_at", rows)
    open_subscriptions(company, day, rows, at, starts.discount_bp[due], NEVER)
    order_hardware(company, day, rows, company.accounts.locations[rows], at)
    day.emit("account_changed", account=rows, at=at)
    tell_events(day, rows, at, "started")


def order_hardware(company: Company, day: Day, accounts: Rows, places: Rows, at: NDArray[np.int64]) -> None:
    """One-offs: a controller for every few taps, and an installation visit a location."""
    plans = company.scenario.plans
    currency = company.accounts.currency[accounts]
    factor = np.array([plans.currency_factor[c] for c in ("USD", "EUR", "GBP")])[currency]
    free = day.chance.happens("customers/hardware_free", accounts, plans.hardware_free_share)
    for key, price, free_here in (
        ("hardware", plans.hardware_minor, free),
        ("installation", plans.installation_minor, False),
    ):
        unit = np.where(free_here, 0, np.rint(price * factor)).astype(np.int64)
        row = plans.product_row(key)
        day.emit("one_off", account=accounts, at=at, product=row, quantity=places, unit_minor=unit, currency=currency)
