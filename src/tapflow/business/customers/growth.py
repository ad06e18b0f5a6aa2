"""Growing and shrinking: locations, taps, plans, products."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.arrivals import open_locations
from tapflow.business.customers.book import Customers, Rows, instants, tell_events, untouched
from tapflow.business.customers.pricing import unit_prices
from tapflow.business.customers.state import NEVER, AccountStatus, Plan
from tapflow.business.customers.subscriptions import add_items, change_items, follow_taps, live_items
from tapflow.business.customers.trials import order_hardware
from tapflow.business.day import Day


class Growth(IntEnum):
    """A kind of expansion."""

    LOCATIONS = 0
    TAPS = 1
    PLAN = 2
    PRODUCT = 3


def grow(company: Company, day: Day) -> None:
    """Decide on expansions; those of accounts that sales looks after happen weeks later."""
    parameters, book = company.scenario.customers.growth, company.accounts
    rows = np.flatnonzero((book.status == AccountStatus.ACTIVE) & (book.first_paid_day < day.number - 14))
    rate = _appetite(company, rows)
    chances = (parameters.add_location, parameters.add_taps, parameters.upgrade_plan, parameters.add_product)
    for kind, base in zip(Growth, chances, strict=True):
        chosen = rows[day.chance.happens(f"customers/grow/{kind.name}", rows, 1 - np.exp(-base * rate))]
        amount = 1 + day.chance.poisson(f"customers/amount/{kind.name}", chosen, parameters.amount_more)
        later = book.sales_assisted[chosen]
        company.part(Customers).intents.append(
            account=chosen[later],
            kind=kind,
            decided_day=day.number,
            due_day=day.number + parameters.intent_lead_days,
            amount=amount[later],
        )
        expand(company, day, chosen[~later], kind, amount[~later])
    _carry_out_intents(company, day)


def _appetite(company: Company, rows: Rows) -> NDArray[np.float64]:
    book, causes = company.accounts, company.scenario.customers.causes
    large = book.locations[rows] >= company.scenario.customers.growth.large_locations
    effect = np.exp(
        causes.features_to_expansion * np.clip(book.signal_features_adopted[rows] - 4, -4, 8)
        + causes.upsell_to_expansion * np.minimum(book.signal_upsell[rows], 1)
    )
    factor = np.where(large, company.scenario.customers.growth.large_factor, 1.0)
    return np.asarray(book.appetite[rows] * effect * factor)


def _carry_out_intents(company: Company, day: Day) -> None:
    intents = company.part(Customers).intents
    due = np.flatnonzero(~intents.done & (intents.due_day <= day.number))
    if len(due) == 0:
        return
    intents.done[due] = True
    alive = due[company.accounts.status[intents.account[due]] == AccountStatus.ACTIVE]
    for kind in Growth:
        rows = alive[intents.kind[alive] == kind]
        if len(rows):
            accounts, first = np.unique(intents.account[rows], return_index=True)
            expand(company, day, accounts, kind, intents.amount[rows[first]])


def expand(company: Company, day: Day, accounts: Rows, kind: Growth, amount: Rows) -> None:
    """Carry out an expansion, for accounts whose status did not change today."""
    keep = np.isin(accounts, untouched(company, day, accounts))
    accounts, amount = accounts[keep], amount[keep].astype(np.int64)
    if len(accounts) == 0:
        return
    at = instants(day, f"customers/grown_at/{kind.name}", accounts)
    if kind is Growth.LOCATIONS:
        open_locations(company, day, np.repeat(accounts, amount), np.repeat(at, amount))
        order_hardware(company, day, accounts, amount, at)
        follow_taps(company, day, accounts, at)
    elif kind is Growth.TAPS:
        _change_taps(company, day, accounts, amount, at)
    elif kind is Growth.PLAN:
        _move_plan(company, day, accounts, 1, at)
    else:
        _add_product(company, day, accounts, at)
    day.emit("account_changed", account=accounts, at=at)
    tell_events(day, accounts, at, f"expanded_{kind.name.lower()}")


def shrink(company: Company, day: Day) -> None:
    """Accounts give up taps, a location or a plan; deep discounts make it likelier."""
    parameters, book = company.scenario.customers.growth, company.accounts
    rows = np.flatnonzero((book.status == AccountStatus.ACTIVE) & (book.first_paid_day < day.number - 14))
    effect = np.exp(company.scenario.customers.causes.discount_to_contraction * book.discount_bp[rows] / 1000)
    rate = effect * book.price_sensitivity[rows]
    drawn = day.chance.happens("customers/fewer_taps", rows, parameters.remove_taps * rate)
    fewer = untouched(company, day, rows[drawn & (book.taps[rows] > book.locations[rows] + 1)])
    at = instants(day, "customers/fewer_at", fewer)
    _change_taps(company, day, fewer, np.full(len(fewer), -1), at)
    closing = rows[
        day.chance.happens("customers/closes_location", rows, parameters.close_location * book.locations[rows])
    ]
    _close_location(company, day, untouched(company, day, closing[book.locations[closing] > 1]))
    lower = rows[day.chance.happens("customers/downgrades", rows, parameters.downgrade_plan * rate)]
    lower = untouched(company, day, lower[book.plan[lower] > Plan.STARTER])
    _move_plan(company, day, lower, -1, instants(day, "customers/downgraded_at", lower))
    for accounts in (fewer, lower):
        if len(accounts):
            moments = instants(day, "customers/shrunk_at", accounts)
            day.emit("account_changed", account=accounts, at=moments)
            tell_events(day, accounts, moments, "contracted")


def _change_taps(company: Company, day: Day, accounts: Rows, change: Rows, at: NDArray[np.int64]) -> None:
    # The change falls on one open location of the account: the busiest row for more, one with taps to spare for fewer.
    if len(accounts) == 0:
        return
    chosen = _one_location(company, accounts, change)
    found = chosen >= 0
    accounts, place, change, at = accounts[found], chosen[found], change[found], at[found]
    table = company.locations
    before = table.taps[place].copy()
    after = np.clip(before + change, 1, company.scenario.customers.taps_most)
    table.taps[place] = after
    table.updated_at[place] = at
    company.accounts.taps[accounts] += after - before
    day.emit("taps_changed", location=place, at=at, before=before, after=after)
    day.emit("location_changed", location=place, at=at)
    follow_taps(company, day, accounts, at)


def _one_location(company: Company, accounts: Rows, change: Rows) -> Rows:
    table = company.locations
    most = np.zeros(len(company.accounts), dtype=np.int64) - 1
    fit = np.flatnonzero((table.closed_day == NEVER) & (table.taps > 1))
    most[table.account[fit]] = fit
    some = np.zeros(len(company.accounts), dtype=np.int64) - 1
    open_rows = np.flatnonzero(table.closed_day == NEVER)
    some[table.account[open_rows]] = open_rows
    return np.where(change < 0, most[accounts], some[accounts])


def _close_location(company: Company, day: Day, accounts: Rows) -> None:
    if len(accounts) == 0:
        return
    at = instants(day, "customers/closed_at", accounts)
    place = _one_location(company, accounts, np.ones(len(accounts), dtype=np.int64))
    found = place >= 0
    accounts, place, at = accounts[found], place[found], at[found]
    company.locations.closed_day[place] = day.number
    company.locations.updated_at[place] = at
    company.accounts.locations[accounts] -= 1
    company.accounts.taps[accounts] -= company.locations.taps[place]
    day.emit("location_changed", location=place, at=at)
    follow_taps(company, day, accounts, at)
    day.emit("account_changed", account=accounts, at=at)
    tell_events(day, accounts, at, "location_closed")


def _move_plan(company: Company, day: Day, accounts: Rows, by: int, at: NDArray[np.int64]) -> None:
    book = company.accounts
    after = np.clip(book.plan[accounts] + by, Plan.STARTER, Plan.ENTERPRISE)
    moved = after != book.plan[accounts]
    accounts, after, at = accounts[moved], after[moved], at[moved]
    if len(accounts) == 0:
        return
    book.plan[accounts] = after
    subs = book.subscription[accounts]
    company.subscriptions.plan[subs] = after
    company.subscriptions.updated_at[subs] = at
    moment = np.zeros(len(company.subscriptions), dtype=np.int64)
    moment[subs] = at
    items = live_items(company, subs)
    items = items[company.items.product[items] <= Plan.ENTERPRISE]
    owner = company.items.subscription[items]
    table = company.subscriptions
    unit = unit_prices(company, day.number, table.plan[owner], table.interval[owner], table.currency[owner])
    company.items.product[items] = table.plan[owner]
    change_items(company, day, items, moment[owner], company.items.quantity[items].copy(), unit)
    day.emit("plan_changed", account=accounts, at=at, plan=after)


def _add_product(company: Company, day: Day, accounts: Rows, at: NDArray[np.int64]) -> None:
    # One of the add-ons that the account does not have yet.
    subs = company.accounts.subscription[accounts]
    items = live_items(company, subs)
    for add_on in company.scenario.plans.add_ons:
        product = company.scenario.plans.product_row(add_on.product)
        has = np.zeros(len(company.subscriptions), dtype=bool)
        has[company.items.subscription[items[company.items.product[items] == product]]] = True
        taken = company.scenario.customers.growth.product_pick
        pick = ~has[subs] & day.chance.happens(f"customers/product/{add_on.product}", accounts, taken)
        add_items(company, day, subs[pick], np.full(int(pick.sum()), product), at[pick])
        company.subscriptions.updated_at[subs[pick]] = at[pick]
        if pick.any():
            day.emit("subscription_changed", subscription=subs[pick], at=at[pick], kind=2)
        subs, accounts, at = subs[~pick], accounts[~pick], at[~pick]
