"""Booking what billing did: invoices, recognition, payments, fees, returns, payouts, write-offs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.state import Billing, InvoiceStatus, TxnType, rows_of
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.finance import chart
from tapflow.business.finance.state import Journal
from tapflow.core.money import share_minor

Ints = NDArray[np.int64]


def product_lines(company: Company) -> list[str]:
    """The product lines in the order of their first product."""
    return list(dict.fromkeys(p.line for p in company.scenario.plans.products))


def line_of_product(company: Company) -> Ints:
    """Each product's row among the product lines."""
    lines = product_lines(company)
    return np.array([lines.index(p.line) for p in company.scenario.plans.products], dtype=np.int64)


def by_line(company: Company, product: Ints, amount: Ints) -> Ints:
    """Amounts by product summed to product lines."""
    total = np.zeros(len(product_lines(company)), dtype=np.int64)
    np.add.at(total, line_of_product(company)[product], amount)
    return total


def book_billing(company: Company, day: Day, journal: Journal) -> None:
    """All of today's entries that come from billing."""
    recognised = _book_recognition(company, day, journal)
    _book_invoices(company, day, journal)
    _book_payments(company, day, journal)
    _book_balance(day, journal, recognised)
    _book_credits(day, journal)
    _book_write_offs(company, day, journal)


def _book_invoices(company: Company, day: Day, journal: Journal) -> None:
    billing = company.part(Billing)
    invoices, lines = billing.invoices, billing.lines
    new = invoices.number[(invoices.finalized_at >= day.start_seconds) & ~invoices.opening]
    billed = np.flatnonzero(np.isin(lines.invoice, new))
    amount = by_line(company, lines.product[billed].astype(np.int64), lines.usd_minor[billed])
    journal.book("invoices", chart.RECEIVABLE, amount.sum())
    journal.book("invoices", chart.DEFERRED, -amount, line=np.arange(len(amount)))


def _book_recognition(company: Company, day: Day, journal: Journal) -> Ints:
    recognised = day.fact("recognised")
    names = product_lines(company)
    amount = np.zeros(len(names), dtype=np.int64)
    if recognised is not None:
        amount = by_line(company, recognised["product"], recognised["usd_minor"])
    rows = np.arange(len(names))
    journal.book("recognition", chart.DEFERRED, amount, line=rows)
    journal.book("recognition", [chart.revenue_account(n) for n in names], -amount, line=rows)
    return amount


def _book_payments(company: Company, day: Day, journal: Journal) -> None:
    billing = company.part(Billing)
    invoices, charges = billing.invoices, billing.charges
    paid = np.flatnonzero(charges.succeeded & (charges.at >= day.start_seconds))
    row = rows_of(invoices.number, charges.invoice[paid])
    owed = int((invoices.total_usd_minor[row] - invoices.credited_usd_minor[row]).sum())
    came = int(charges.usd_minor[paid].sum())
    journal.book("payments", [chart.STRIPE, chart.RECEIVABLE, chart.EXCHANGE], [came, -owed, owed - came])


def _book_balance(day: Day, journal: Journal, recognised: Ints) -> None:
    """Fees over the product lines by the day's revenue; refunds, disputes and payouts."""
    moved = day.fact("balance_transaction")
    if moved is None:
        return
    kind, usd = moved["kind"], moved["usd_minor"]
    fee = int(moved["fee_usd_minor"].sum())
    weights = np.maximum(recognised, 0)
    journal.book("fees", chart.FEES, share_minor(fee, weights), line=np.arange(len(weights)))
    journal.book("fees", chart.STRIPE, -fee)
    for types, word, account in (
        ((TxnType.REFUND,), "refunds", chart.RETURNS),
        ((TxnType.DISPUTE, TxnType.DISPUTE_WON), "disputes", chart.CHARGEBACKS),
        ((TxnType.PAYOUT,), "payouts", chart.BANK),
    ):
        amount = int(usd[np.isin(kind, types)].sum())
        journal.book(word, [chart.STRIPE, account], [amount, -amount])


def _book_credits(day: Day, journal: Journal) -> None:
    """Credits before payment lower what is owed; those with a refund are booked with it."""
    notes = day.fact("credit_note")
    if notes is not None:
        amount = int(notes["usd_minor"][notes["refund"] < 0].sum())
        journal.book("credits", [chart.RETURNS, chart.RECEIVABLE], [amount, -amount])


def _book_write_offs(company: Company, day: Day, journal: Journal) -> None:
    invoices = company.part(Billing).invoices
    lost = (invoices.status == InvoiceStatus.UNCOLLECTIBLE) & (invoices.closed_at >= day.start_seconds)
    amount = int((invoices.total_usd_minor - invoices.credited_usd_minor)[lost].sum())
    journal.book("write-offs", [chart.BAD_DEBT, chart.RECEIVABLE], [amount, -amount])
