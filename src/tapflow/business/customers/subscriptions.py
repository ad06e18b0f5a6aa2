"""Opening, changing, pausing and ending subscriptions; the movements of MRR that follow."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.customers.book import Rows
from tapflow.business.customers.pricing import mrr_by_subscription, unit_prices
from tapflow.business.customers.state import NEVER, AccountStatus, Cause, Interval, SubscriptionStatus
from tapflow.business.day import Day
from tapflow.core.clock import day_date
from tapflow.core.money import CURRENCIES


def open_subscriptions(
    company: Company,
    day: Day,
    accounts: Rows,
    at: NDArray[np.int64],
    discount_bp: ArrayLike,
    discount_end_day: ArrayLike,
) -> Rows:
    """Start one subscription for each account, on its plan, interval and taps. Answers their rows."""
    book = company.accounts
    subs = company.subscriptions.append(
        account=accounts,
        created_at=at,
        started_at=at,
        started_day=day.number,
        ended_at=-1,
        ended_day=NEVER,
        status=SubscriptionStatus.ACTIVE,
        plan=book.plan[accounts],
        interval=book.interval[accounts],
        currency=book.currency[accounts],
        anchor_day=day.number,
        discount_bp=discount_bp,
        discount_end_day=discount_end_day,
        updated_at=at,
    )
    book.subscription[accounts] = subs
    book.status[accounts] = AccountStatus.ACTIVE
    book.status_day[accounts] = day.number
    book.discount_bp[accounts] = discount_bp
    book.discount_end_day[accounts] = discount_end_day
    first = accounts[book.first_paid_day[accounts] == NEVER]
    book.first_paid_day[first] = day.number
    yearly = accounts[book.interval[accounts] == Interval.YEAR]
    book.contract_end_day[accounts] = NEVER
    book.contract_end_day[yearly] = day.number + 365
    add_items(company, day, subs, book.plan[accounts].astype(np.int64), at)
    for add_on in company.scenario.plans.add_ons:
        chosen = day.chance.happens(f"customers/addon/{add_on.product}", accounts, add_on.share)
        row = company.scenario.plans.product_row(add_on.product)
        add_items(company, day, subs[chosen], np.full(int(chosen.sum()), row), at[chosen])
    day.emit("subscription_started", subscription=subs, at=at)
    return subs


def add_items(company: Company, day: Day, subs: Rows, product: ArrayLike, at: NDArray[np.int64]) -> None:
    """Add a product to subscriptions, for every tap of the account, at today's list price."""
    if len(subs) == 0:
        return
    book, owner = company.subscriptions, company.subscriptions.account[subs]
    unit = unit_prices(company, day.number, product, book.interval[subs], book.currency[subs])
    taps = company.accounts.taps[owner]
    items = company.items.append(
        subscription=subs, product=product, unit_minor=unit, quantity=taps, created_at=at, removed_at=-1, updated_at=at
    )
    day.emit(
        "item_changed", item=items, at=at, quantity_before=0, quantity_after=taps, unit_before_minor=0,
        unit_after_minor=unit,
    )  # fmt: skip


def live_items(company: Company, subs: Rows) -> Rows:
    """Items not removed of the given subscriptions."""
    wanted = np.zeros(len(company.subscriptions), dtype=bool)
    wanted[subs] = True
    items = company.items
    return np.flatnonzero(wanted[items.subscription] & (items.removed_at < 0))


def change_items(
    company: Company, day: Day, items: Rows, at: NDArray[np.int64], quantity: ArrayLike, unit_minor: ArrayLike
) -> None:
    """Give items another quantity or unit price and tell it."""
    table = company.items
    day.emit(
        "item_changed",
        item=items,
        at=at,
        quantity_before=table.quantity[items].copy(),
        quantity_after=np.asarray(quantity),
        unit_before_minor=table.unit_minor[items].copy(),
        unit_after_minor=np.asarray(unit_minor),
    )
    table.quantity[items] = quantity
    table.unit_minor[items] = unit_minor
    table.updated_at[items] = at
    subs = table.subscription[items]
    company.subscriptions.updated_at[subs] = np.maximum(company.subscriptions.updated_at[subs], at)
    day.emit("subscription_changed", subscription=np.unique(subs), at=at.max() if len(at) else 0, kind=1)


def follow_taps(company: Company, day: Day, accounts: Rows, at: NDArray[np.int64]) -> None:
    """Bring the quantities of live subscriptions to the accounts' taps."""
    subs = company.accounts.subscription[accounts]
    moment = np.zeros(len(company.subscriptions), dtype=np.int64)
    moment[subs[subs >= 0]] = at[subs >= 0]
    items = live_items(company, subs[subs >= 0])
    owner = company.items.subscription[items]
    taps = company.accounts.taps[company.subscriptions.account[owner]]
    moved = company.items.quantity[items] != taps
    if moved.any():
        unit = company.items.unit_minor[items[moved]]
        change_items(company, day, items[moved], moment[owner[moved]], taps[moved], unit)


def end_subscriptions(company: Company, day: Day, accounts: Rows, at: NDArray[np.int64], cause: ArrayLike) -> None:
    """End the accounts' subscriptions: churn, with its cause."""
    subs = company.accounts.subscription[accounts]
    table = company.subscriptions
    table.status[subs] = SubscriptionStatus.CANCELED
    table.ended_at[subs] = at
    table.ended_day[subs] = day.number
    table.cause[subs] = cause
    table.updated_at[subs] = at
    day.emit("subscription_ended", subscription=subs, at=at, cause=np.asarray(cause))


def record_movements(company: Company, day: Day) -> None:
    """Compare every subscription's MRR with yesterday's and write the movements.

    On the first day of a year the new rates' step is taken first, on what was there before the
    day's changes; so that movements explain every change of MRR.
    """
    table = company.subscriptions
    if day_date(day.number).timetuple().tm_yday == 1 and day.number > company.first_day:
        _record_rates(company, day)
    after = mrr_by_subscription(company, day.number)
    before = table.mrr_minor.copy()
    changed = np.flatnonzero(after != before)
    if len(changed) == 0:
        return
    accounts = table.account[changed]
    paid_before = company.accounts.first_paid_day[accounts] < day.number
    kind = np.where(
        before[changed] == 0,
        np.where(paid_before, "reactivation", "new"),
        np.where(
            after[changed] == 0, "churned", np.where(after[changed] > before[changed], "expansion", "contraction")
        ),
    ).astype(object)
    _tell(company, day, changed, table.updated_at[changed], kind, before[changed], after[changed])
    table.mrr_minor[changed] = after[changed]


def record_opening(company: Company, day: Day) -> None:
    """The starting population's MRR enters as an opening balance, never as new."""
    table = company.subscriptions
    after = mrr_by_subscription(company, day.number)
    rows = np.flatnonzero(after > 0)
    kind = np.full(len(rows), "opening", dtype=object)
    _tell(company, day, rows, np.full(len(rows), day.start_seconds), kind, np.zeros(len(rows), np.int64), after[rows])
    table.mrr_minor[:] = after


def _record_rates(company: Company, day: Day) -> None:
    # Yesterday's book at today's rates: quantities and prices as they stood when the year turned.
    stood = company.part(YearEnd)
    rows = np.flatnonzero(stood.at_new_rates != company.subscriptions.mrr_minor[: stood.count])
    after = stood.at_new_rates[rows]
    before = company.subscriptions.mrr_minor[rows].copy()
    kind = np.full(len(rows), "fx", dtype=object)
    _tell(company, day, rows, np.full(len(rows), day.start_seconds), kind, before, after)
    company.subscriptions.mrr_minor[rows] = after


class YearEnd:
    """Every subscription's MRR at the next year's rates, taken at the end of each year's last day."""

    def __init__(self) -> None:
        self.count = 0
        self.at_new_rates: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def take(self, company: Company, day: Day) -> None:
        """Remember the book at the rates of the day that follows."""
        self.count = len(company.subscriptions)
        self.at_new_rates = mrr_by_subscription(company, day.number + 1)


def _tell(
    company: Company, day: Day, subs: Rows, at: ArrayLike, kind: NDArray[np.object_], before: Rows, after: Rows
) -> None:
    accounts = company.subscriptions.account[subs]
    cause = np.array([c.name.lower() if c else "" for c in Cause], dtype=object)
    reasoned = (kind == "churned") | (kind == "reactivation")
    why = np.where(reasoned, cause[company.subscriptions.cause[subs]], "")
    when = np.clip(np.asarray(at), day.start_seconds, day.end_seconds - 1)
    day.tell(
        "mrr_movement",
        subscription=subs,
        account=accounts,
        at=when * 1_000_000,
        kind=kind,
        currency=np.array(CURRENCIES, dtype=object)[company.subscriptions.currency[subs]],
        amount_usd_minor=after - before,
        after_usd_minor=after,
        cause=why,
        is_test=company.accounts.is_test[accounts],
    )
