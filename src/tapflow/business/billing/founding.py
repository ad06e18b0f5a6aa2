"""Billing of the starting population: the running periods and their invoices, most of them long paid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.calendar import months_of, periods_before
from tapflow.business.billing.cycles import resume_at, track
from tapflow.business.billing.invoicing import Heads, recurring_lines, write
from tapflow.business.billing.state import NEVER, Billing, InvoiceStatus, Reason
from tapflow.business.company import Company
from tapflow.business.customers.state import SubscriptionStatus
from tapflow.business.day import Day
from tapflow.core.clock import SECONDS_PER_DAY

Ints = NDArray[np.int64]


def found_cycles(company: Company, day: Day) -> None:
    """Place every running subscription in its period and write that period's invoice and charge."""
    track(company)
    subscriptions = company.subscriptions
    running = np.flatnonzero(
        (subscriptions.status == SubscriptionStatus.ACTIVE) & (subscriptions.started_at < day.start_seconds)
    )
    anchor = subscriptions.started_at[running]
    months = months_of(subscriptions.interval[running])
    count = periods_before(anchor, months, day.start_seconds)
    resume_at(company, running, anchor, count)
    billed = running[~company.accounts.is_test[subscriptions.account[running]]]
    lines = recurring_lines(company, billed)
    billing = company.part(Billing)
    lines["number"] = billing.numbers("line", len(lines["account"]))
    order = np.argsort(subscriptions.account[billed], kind="stable")
    billed = billed[order]
    cycles = billing.cycles
    reason = np.where(cycles.count[billed] > 0, Reason.CYCLE, Reason.CREATE).astype(np.int64)
    start = cycles.start_at[billed]
    heads = Heads(subscriptions.account[billed], billed, start, reason, start, cycles.end_at[billed])
    _collect_past(company, day, write(company, heads, lines, opening=True))
    _show(company, day)


def _show(company: Company, day: Day) -> None:
    """Tell subscriptions and items as they stood before the first day."""
    subscriptions, items = company.subscriptions, company.items
    day.emit(
        "opening_subscription", subscription=subscriptions.rows, status=subscriptions.status.copy(),
        discount_bp=subscriptions.discount_bp.copy(), at=day.start_seconds - 1,
    )  # fmt: skip
    live = np.flatnonzero(items.removed_at < 0)
    day.emit(
        "opening_item", item=live, subscription=items.subscription[live], product=items.product[live],
        quantity=items.quantity[live], unit_minor=items.unit_minor[live],
    )  # fmt: skip


def _collect_past(company: Company, day: Day, rows: Ints) -> None:
    """Mark opening invoices paid, but for sent ones not yet due for payment and a few that are failing."""
    billing, parameters = company.part(Billing), company.scenario.billing
    invoices, terms, collection = billing.invoices, parameters.terms, parameters.collection
    number = invoices.number[rows]
    chance = day.chance
    lag = chance.lognormal("billing/transfer_days", number, terms.paid_days_median, terms.paid_days_sigma)
    lags = np.clip(np.rint(lag), 1, terms.write_off_days - 1).astype(np.int64)
    paid_at = np.where(
        invoices.sent[rows], invoices.finalized_at[rows] + lags * SECONDS_PER_DAY, invoices.finalized_at[rows] + 30
    )
    age = day.number - invoices.finalized_at[rows] // SECONDS_PER_DAY
    failing = (
        ~invoices.sent[rows]
        & (age < collection.give_up_days)
        & chance.happens("billing/failing", number, collection.first_failure / 2)
    )
    paid = ~failing & (paid_at < day.start_seconds)
    done, waiting, bad = rows[paid], rows[~failing & ~paid], rows[failing]
    invoices.status[done], invoices.closed_at[done], invoices.updated_at[done] = (
        InvoiceStatus.PAID,
        paid_at[paid],
        paid_at[paid],
    )
    invoices.attempts[done] = 1
    invoices.next_attempt_day[waiting] = paid_at[~failing & ~paid] // SECONDS_PER_DAY
    _fail_past(company, day, bad)
    tried = np.concatenate([done, bad])
    billing.charges.append(
        number=billing.numbers("charge", len(tried)), invoice=invoices.number[tried], account=invoices.account[tried],
        currency=invoices.currency[tried], at=np.concatenate([paid_at[paid], invoices.first_failed_at[bad]]),
        succeeded=np.arange(len(tried)) < len(done), decline=invoices.decline[tried],
        amount_minor=invoices.total_minor[tried],
        usd_minor=np.where(np.arange(len(tried)) < len(done), invoices.total_usd_minor[tried], 0),
        updated_at=np.concatenate([paid_at[paid], invoices.first_failed_at[bad]]),
    )  # fmt: skip


def _fail_past(company: Company, day: Day, bad: Ints) -> None:
    billing, collection = company.part(Billing), company.scenario.billing.collection
    invoices = billing.invoices
    invoices.first_failed_at[bad] = invoices.finalized_at[bad] + 30
    invoices.attempts[bad], invoices.updated_at[bad] = 1, invoices.finalized_at[bad] + 30
    invoices.decline[bad] = day.chance.choice(
        "billing/decline", invoices.account[bad], [d.weight for d in collection.declines]
    )
    since = day.number - invoices.first_failed_at[bad] // SECONDS_PER_DAY
    later = np.array([*collection.retry_days, 10**6])
    following = later[np.searchsorted(later, since, side="left")]
    invoices.next_attempt_day[bad] = np.where(following > 10**5, NEVER, day.number - since + following)
