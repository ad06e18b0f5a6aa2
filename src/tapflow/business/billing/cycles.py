"""Billing periods of subscriptions: which begin today, and what a change within one is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.calendar import boundary, months_of
from tapflow.business.billing.state import Billing, LineKind, Reason
from tapflow.business.columns import Table
from tapflow.business.company import Company
from tapflow.business.customers.state import Interval
from tapflow.business.day import Day
from tapflow.core.money import divide_half_even

Ints = NDArray[np.int64]
_NONE: Ints = np.zeros(0, dtype=np.int64)
_BP = 10_000


@dataclass(frozen=True)
class Due:
    """Subscriptions whose period begins today, ascending, with the reason of its invoice."""

    subscriptions: Ints
    reason: Ints


def track(company: Company) -> None:
    """Give every subscription a row in the cycles."""
    billing = company.part(Billing)
    missing = len(company.subscriptions) - len(billing.cycles)
    if missing > 0:
        billing.cycles.append(missing, anchor_at=-1, start_at=-1, end_at=-1)


def begin_periods(company: Company, day: Day) -> Due:
    """Open the periods that begin today: first ones, those after a pause, and renewals."""
    track(company)
    cycles = company.part(Billing).cycles
    _stop(cycles, day)
    fresh = _told(day, "subscription_started")
    resumed = _told(day, "subscription_resumed")
    anchored = np.concatenate([fresh, resumed])
    instants = np.concatenate([_told(day, "subscription_started", "at"), _told(day, "subscription_resumed", "at")])
    live = company.subscriptions.ended_at[anchored] < 0
    _anchor(company, anchored[live], instants[live])
    renewed = np.flatnonzero(cycles.live & (cycles.end_at >= 0) & (cycles.end_at < day.end_seconds))
    cycles.count[renewed] += 1
    _place(company, renewed)
    subscriptions = np.concatenate([fresh[np.isin(fresh, anchored[live])], resumed, renewed])
    cycled = len(resumed) + len(renewed)
    reasons = np.repeat([Reason.CREATE, Reason.CYCLE], [len(subscriptions) - cycled, cycled])
    subscriptions, first = np.unique(subscriptions, return_index=True)
    began = subscriptions[cycles.live[subscriptions]]
    day.emit("period_began", subscription=began, at=cycles.start_at[began])
    still = cycles.live[subscriptions] & ~ours(company, subscriptions)
    return Due(subscriptions[still], reasons[first][still].astype(np.int64))


def ours(company: Company, subscriptions: Ints) -> NDArray[np.bool_]:
    """Subscriptions of our own test accounts: wholly discounted, so nothing is ever billed."""
    return np.asarray(company.accounts.is_test[company.subscriptions.account[subscriptions]])


def _told(day: Day, fact: str, column: str = "subscription") -> Ints:
    """A column of a fact's rows of today; the founding also tells what happened before."""
    rows = day.fact(fact)
    if rows is None:
        return _NONE
    return np.asarray(rows[column], dtype=np.int64)[np.asarray(rows["at"]) >= day.start_seconds]


def _stop(cycles: Table, day: Day) -> None:
    for fact in ("subscription_ended", "subscription_paused"):
        cycles.live[_told(day, fact)] = False


def _anchor(company: Company, subscriptions: Ints, at: Ints) -> None:
    cycles = company.part(Billing).cycles
    cycles.anchor_at[subscriptions], cycles.count[subscriptions], cycles.live[subscriptions] = at, 0, True
    _place(company, subscriptions)


def _place(company: Company, subscriptions: Ints) -> None:
    """Set the bounds of the current periods from anchor and count."""
    cycles = company.part(Billing).cycles
    months = months_of(company.subscriptions.interval[subscriptions])
    anchor, count = cycles.anchor_at[subscriptions], cycles.count[subscriptions]
    cycles.start_at[subscriptions] = boundary(anchor, months, count)
    cycles.end_at[subscriptions] = boundary(anchor, months, count + 1)


def resume_at(company: Company, subscriptions: Ints, anchor: Ints, count: Ints) -> None:
    """Place subscriptions of the starting population in the middle of their periods."""
    cycles = company.part(Billing).cycles
    cycles.anchor_at[subscriptions], cycles.count[subscriptions], cycles.live[subscriptions] = anchor, count, True
    _place(company, subscriptions)


def prorate(company: Company, day: Day, due: Due) -> None:
    """Turn today's changes of items into pending lines: the rest of the period at the new terms less the old.

    A change on the day on which a period begins is billed with that period as a whole. The founding
    also tells what items the starting population had long before: those are paid with their periods.
    """
    changed = day.fact("item_changed")
    if changed is None:
        return
    billing, items = company.part(Billing), company.items
    item = np.asarray(changed["item"], dtype=np.int64)
    subscription = items.subscription[item]
    at = np.asarray(changed["at"], dtype=np.int64)
    cycles = billing.cycles
    within = cycles.live[subscription] & ~np.isin(subscription, due.subscriptions) & (at < cycles.end_at[subscription])
    within &= (cycles.start_at[subscription] <= at) & ~ours(company, subscription) & (at >= day.start_seconds)
    for sign, when in ((-1, "before"), (1, "after")):
        quantity = np.asarray(changed[f"quantity_{when}"], dtype=np.int64)
        unit = np.asarray(changed[f"unit_{when}_minor"], dtype=np.int64)
        _pend(company, item, at, quantity, unit, sign, within & (quantity > 0) & (unit > 0))


def _pend(
    company: Company, item: Ints, at: Ints, quantity: Ints, unit: Ints, sign: int, chosen: NDArray[np.bool_]
) -> None:
    billing, items, subscriptions = company.part(Billing), company.items, company.subscriptions
    item, at, quantity, unit = item[chosen], at[chosen], quantity[chosen], unit[chosen]
    subscription = items.subscription[item]
    start, end = billing.cycles.start_at[subscription], billing.cycles.end_at[subscription]
    whole = net_of_discount(unit * quantity, subscriptions.discount_bp[subscription])
    billing.pending.append(
        number=billing.numbers("line", len(item)),
        account=subscriptions.account[subscription],
        subscription=subscription,
        item=item,
        product=_products(company, item, unit),
        kind=LineKind.PRORATION,
        quantity=quantity,
        unit_minor=unit,
        amount_minor=sign * divide_half_even(whole * (end - at), end - start),
        start_at=at,
        end_at=end,
    )


def _products(company: Company, item: Ints, unit: Ints) -> Ints:
    """What an item sold at a unit price: yesterday's product at yesterday's price, else today's."""
    billing, now = company.part(Billing), company.items.product[item].astype(np.int64)
    old = np.flatnonzero(item < len(billing.products))
    same = old[billing.units[item[old]] == unit[old]]
    now[same] = billing.products[item[same]]
    return now


def remember_items(company: Company) -> None:
    """At the day's end, note what every item sells and at what price."""
    billing = company.part(Billing)
    billing.products = company.items.product.astype(np.int64)
    billing.units = company.items.unit_minor.copy()


def net_of_discount(amount_minor: Ints, discount_bp: Ints) -> Ints:
    """What is left of an amount after a discount in basis points, half to even."""
    return divide_half_even(amount_minor * (_BP - discount_bp), _BP)


def yearly(company: Company, subscriptions: Ints) -> NDArray[np.bool_]:
    """Which of the subscriptions (or -1) are billed yearly."""
    return (subscriptions >= 0) & (company.subscriptions.interval[subscriptions] == Interval.YEAR)
