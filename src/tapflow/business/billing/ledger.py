"""Telling billing's truth, from its state."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.aftermath import OPEN, WON, today
from tapflow.business.billing.state import Billing, InvoiceStatus, LineKind, Reason, rows_of
from tapflow.business.columns import Table
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.core.clock import SECONDS_PER_DAY
from tapflow.core.money import CURRENCIES

Ints = NDArray[np.int64]
Words = NDArray[np.object_]
MICRO = 1_000_000
BUCKETS = ("current", "1-30", "31-60", "61-90", "90+")


def words(kind: type[IntEnum]) -> Words:
    """The names of an enumeration, lower case, by number."""
    return np.array([member.name.lower() for member in kind], dtype=object)


def currencies(index: Ints) -> Words:
    """ISO codes of currency numbers."""
    return np.array(CURRENCIES, dtype=object)[index]


def tell_opening(company: Company, day: Day) -> None:
    """The invoices that were finalised before the first day."""
    billing = company.part(Billing)
    _tell_invoices(company, day, billing.invoices.rows)


def tell_day(company: Company, day: Day) -> None:
    """Everything of today."""
    invoices = company.part(Billing).invoices
    _tell_invoices(company, day, np.flatnonzero((invoices.finalized_at >= day.start_seconds) & ~invoices.opening))
    _tell_attempts(company, day)
    _tell_returns(day)
    _tell_disputes(company, day)
    _tell_stocks(company, day)


def _tell_invoices(company: Company, day: Day, rows: Ints) -> None:
    billing, products = company.part(Billing), company.scenario.plans.products
    invoices, lines = billing.invoices, billing.lines
    day.tell(
        "invoice", invoice=invoices.number[rows], account=invoices.account[rows],
        subscription=invoices.subscription[rows], finalized_at=invoices.finalized_at[rows] * MICRO,
        currency=currencies(invoices.currency[rows]), reason=words(Reason)[invoices.reason[rows]],
        amount_minor=invoices.total_minor[rows], amount_usd_minor=invoices.total_usd_minor[rows],
        is_opening=invoices.opening[rows],
    )  # fmt: skip
    line = np.flatnonzero(np.isin(lines.invoice, invoices.number[rows]))
    of = rows_of(invoices.number, lines.invoice[line])
    start = lines.start_at[line] // SECONDS_PER_DAY
    day.tell(
        "invoice_line", invoice=lines.invoice[line], line=lines.number[line], account=lines.account[line],
        finalized_at=invoices.finalized_at[of] * MICRO,
        product=np.array([p.key for p in products], dtype=object)[lines.product[line]],
        product_line=np.array([p.line for p in products], dtype=object)[lines.product[line]],
        kind=words(LineKind)[lines.kind[line]], currency=currencies(invoices.currency[of]),
        amount_minor=lines.amount_minor[line] - lines.discount_minor[line], amount_usd_minor=lines.usd_minor[line],
        start_day=start, end_day=np.maximum(lines.end_at[line] // SECONDS_PER_DAY, start + 1),
        is_opening=invoices.opening[of],
    )  # fmt: skip


def _tell_attempts(company: Company, day: Day) -> None:
    charges = company.part(Billing).charges
    rows = np.flatnonzero(charges.at >= day.start_seconds)
    codes = np.array([d.code for d in company.scenario.billing.collection.declines], dtype=object)
    day.tell(
        "payment_attempt", charge=charges.number[rows], invoice=charges.invoice[rows], account=charges.account[rows],
        at=charges.at[rows] * MICRO, currency=currencies(charges.currency[rows]), succeeded=charges.succeeded[rows],
        decline=np.where(charges.succeeded[rows], "", codes[charges.decline[rows]]).astype(object),
        amount_minor=charges.amount_minor[rows], amount_usd_minor=charges.usd_minor[rows],
    )  # fmt: skip


def _tell_returns(day: Day) -> None:
    for fact in ("refund", "credit_note"):
        rows = day.fact(fact)
        if rows is None:
            continue
        more = {"after_payment": rows["refund"] >= 0} if fact == "credit_note" else {}
        day.tell(
            fact, **{fact: rows["number"]}, invoice=rows["invoice"], account=rows["account"], at=rows["at"] * MICRO,
            currency=currencies(rows["currency"]), amount_minor=rows["amount_minor"],
            amount_usd_minor=rows["usd_minor"], **more,
        )  # fmt: skip


def _tell_disputes(company: Company, day: Day) -> None:
    disputes = company.part(Billing).disputes
    rows = today(disputes.updated_at, day)
    status = disputes.status[rows]
    day.tell(
        "dispute", dispute=disputes.number[rows], account=disputes.account[rows], at=disputes.updated_at[rows] * MICRO,
        status=np.where(status == OPEN, "open", np.where(status == WON, "won", "lost")).astype(object),
        currency=currencies(disputes.currency[rows]), amount_minor=disputes.amount_minor[rows],
        amount_usd_minor=disputes.usd_minor[rows],
    )  # fmt: skip


def _tell_stocks(company: Company, day: Day) -> None:
    products = company.scenario.plans.products
    recognised = day.fact("recognised")
    if recognised is not None:
        product = recognised["product"]
        day.tell(
            "recognised_revenue", day=day.number, product=np.array([p.key for p in products], dtype=object)[product],
            product_line=np.array([p.line for p in products], dtype=object)[product],
            currency=currencies(recognised["currency"]), recognised_usd_minor=recognised["usd_minor"],
            deferred_usd_minor=recognised["deferred_usd_minor"],
        )  # fmt: skip
    currency, bucket, amount = receivables(company.part(Billing).invoices, day)
    day.tell(
        "receivable_day", day=day.number, currency=currencies(currency),
        aging_bucket=np.array(BUCKETS, dtype=object)[bucket], amount_usd_minor=amount,
    )  # fmt: skip


def receivables(invoices: Table, day: Day) -> tuple[Ints, Ints, Ints]:
    """Open balances at the day's end by currency and bucket of days past due: numbers of both, and USD."""
    rows = np.flatnonzero(invoices.status == InvoiceStatus.OPEN)
    overdue = day.number - invoices.due_at[rows] // SECONDS_PER_DAY
    bucket = np.searchsorted([0, 30, 60, 90], overdue, side="left")
    key = invoices.currency[rows].astype(np.int64) * len(BUCKETS) + bucket
    total = np.zeros(len(CURRENCIES) * len(BUCKETS), dtype=np.int64)
    np.add.at(total, key, invoices.total_usd_minor[rows] - invoices.credited_usd_minor[rows])
    some = np.unique(key)
    return some // len(BUCKETS), some % len(BUCKETS), total[some]
