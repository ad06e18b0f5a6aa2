"""What happens to invoices after they are made: credits, refunds, disputes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.exchange import to_usd
from tapflow.business.billing.state import NEVER, Billing, InvoiceStatus, rows_of
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.core.clock import SECONDS_PER_DAY
from tapflow.core.money import divide_half_even, round_minor

Ints = NDArray[np.int64]
OPEN, LOST, WON = 0, 1, 2  # of a dispute


def plan(company: Company, day: Day, fresh: Ints) -> None:
    """Decide what will happen to today's paid invoices, and which open ones get a credit."""
    invoices, refunds = company.part(Billing).invoices, company.scenario.billing.refunds
    paid = np.flatnonzero((invoices.status == InvoiceStatus.PAID) & (invoices.closed_at >= day.start_seconds))
    _plan_refunds(company, day, paid)
    _plan_disputes(company, day, paid)
    waiting = fresh[invoices.status[fresh] == InvoiceStatus.OPEN]
    number = invoices.number[waiting]
    granted = waiting[day.chance.happens("billing/open_credit", number, refunds.open_credit)]
    invoices.credit_day[granted] = day.number + day.chance.integers(
        "billing/open_credit_day", invoices.number[granted], 1, 10
    )


def _plan_refunds(company: Company, day: Day, paid: Ints) -> None:
    invoices, refunds, accounts = company.part(Billing).invoices, company.scenario.billing.refunds, company.accounts
    number, account = invoices.number[paid], invoices.account[paid]
    odds = refunds.chance * (1 + refunds.offline_factor * accounts.signal_offline_hours_28d[account] / 24)
    rows = paid[day.chance.happens("billing/refund", number, odds)]
    number = invoices.number[rows]
    lag = np.ceil(day.chance.exponential("billing/refund_lag", number, refunds.lag_days_mean))
    due = invoices.total_minor[rows] - invoices.credited_minor[rows]
    low, high = refunds.part
    share = low + (high - low) * day.chance.uniform("billing/refund_part", number)
    share = np.where(day.chance.happens("billing/refund_full", number, refunds.full), 1.0, share)
    invoices.refund_day[rows] = day.number + np.clip(lag, 1, refunds.lag_days_most).astype(np.int64)
    invoices.refund_minor[rows] = round_minor(due * share)


def _plan_disputes(company: Company, day: Day, paid: Ints) -> None:
    invoices, disputes = company.part(Billing).invoices, company.scenario.billing.disputes
    chosen = day.chance.happens("billing/dispute", invoices.number[paid], disputes.chance)
    rows = paid[chosen & ~invoices.sent[paid] & (invoices.refund_day[paid] == NEVER)]
    lag = np.ceil(day.chance.exponential("billing/dispute_lag", invoices.number[rows], disputes.lag_days_mean))
    invoices.dispute_day[rows] = day.number + np.clip(lag, 1, disputes.lag_days_most).astype(np.int64)


def happen(company: Company, day: Day) -> None:
    """Today's credits, refunds, disputes and decisions; emits `credit_note`, `refund`, `dispute`."""
    _credit(company, day)
    _refund(company, day)
    _dispute(company, day)
    _decide(company, day)


def _moments(day: Day, purpose: str, numbers: Ints) -> Ints:
    return day.start_seconds + 28_800 + (day.chance.uniform(purpose, numbers) * 43_200).astype(np.int64)


def _credit(company: Company, day: Day) -> None:
    """Credits on invoices that are still open: less is due."""
    billing, refunds = company.part(Billing), company.scenario.billing.refunds
    invoices = billing.invoices
    rows = np.flatnonzero((invoices.credit_day == day.number) & (invoices.status == InvoiceStatus.OPEN))
    number = invoices.number[rows]
    low, high = refunds.open_part
    share = low + (high - low) * day.chance.uniform("billing/credit_part", number)
    amount = round_minor(invoices.total_minor[rows] * share)
    usd = divide_half_even(amount * invoices.total_usd_minor[rows], np.maximum(invoices.total_minor[rows], 1))
    at = _moments(day, "billing/credit_at", number)
    invoices.credited_minor[rows] += amount
    invoices.credited_usd_minor[rows] += usd
    invoices.updated_at[rows] = at
    _note(company, day, rows, at, amount, usd, refund=np.full(len(rows), -1))


def _note(company: Company, day: Day, rows: Ints, at: Ints, amount: Ints, usd: Ints, refund: Ints) -> None:
    billing = company.part(Billing)
    invoices = billing.invoices
    day.emit(
        "credit_note", number=billing.numbers("credit_note", len(rows)), invoice=invoices.number[rows],
        account=invoices.account[rows], currency=invoices.currency[rows], at=at, amount_minor=amount, usd_minor=usd,
        refund=refund,
    )  # fmt: skip


def _refund(company: Company, day: Day) -> None:
    billing, refunds = company.part(Billing), company.scenario.billing.refunds
    invoices, charges = billing.invoices, billing.charges
    rows = np.flatnonzero((invoices.refund_day == day.number) & (invoices.refund_minor > 0))
    if len(rows) == 0:
        return
    number, amount = invoices.number[rows], invoices.refund_minor[rows].copy()
    currency = invoices.currency[rows].astype(np.int64)
    usd, at = to_usd(billing, amount, currency), _moments(day, "billing/refund_at", number)
    charge = _paying_charges(billing, number)
    refund = billing.numbers("refund", len(rows))
    day.emit(
        "refund", number=refund, charge=charges.number[charge], invoice=number, account=invoices.account[rows],
        currency=currency, at=at, amount_minor=amount, usd_minor=usd,
    )  # fmt: skip
    charges.refunded_minor[charge] += amount
    charges.updated_at[charge] = at
    invoices.refunded_minor[rows] += amount
    invoices.refund_minor[rows] = 0
    noted = day.chance.happens("billing/refund_note", number, refunds.credit_note)
    invoices.post_credited_minor[rows[noted]] += amount[noted]
    invoices.updated_at[rows[noted]] = at[noted]
    _note(company, day, rows[noted], at[noted], amount[noted], usd[noted], refund[noted])


def _paying_charges(billing: Billing, invoice: Ints) -> Ints:
    """Rows of the charges that paid the invoices."""
    paid = np.flatnonzero(billing.charges.succeeded)
    order = paid[np.argsort(billing.charges.invoice[paid], kind="stable")]
    return order[np.searchsorted(billing.charges.invoice[order], invoice)]


def _dispute(company: Company, day: Day) -> None:
    billing, parameters = company.part(Billing), company.scenario.billing.disputes
    invoices, charges = billing.invoices, billing.charges
    rows = np.flatnonzero(invoices.dispute_day == day.number)
    if len(rows) == 0:
        return
    number = invoices.number[rows]
    charge = _paying_charges(billing, number)
    low, high = parameters.decided_days
    decided = day.number + day.chance.integers("billing/dispute_days", number, low, high + 1)
    at = _moments(day, "billing/dispute_at", number)
    billing.disputes.append(
        number=billing.numbers("dispute", len(rows)), charge=charges.number[charge], account=invoices.account[rows],
        currency=invoices.currency[rows], amount_minor=charges.amount_minor[charge],
        usd_minor=charges.usd_minor[charge],
        opened_at=at, decided_day=decided, status=OPEN, updated_at=at,
    )  # fmt: skip
    charges.disputed[charge], charges.updated_at[charge] = True, at


def _decide(company: Company, day: Day) -> None:
    disputes = company.part(Billing).disputes
    rows = np.flatnonzero(disputes.decided_day == day.number)
    lost = day.chance.happens("billing/dispute_lost", disputes.number[rows], company.scenario.billing.disputes.lost)
    disputes.status[rows] = np.where(lost, LOST, WON)
    disputes.updated_at[rows] = _moments(day, "billing/dispute_decided", disputes.number[rows])


def charge_rows(billing: Billing, numbers: Ints) -> Ints:
    """Rows of charges by their numbers."""
    return rows_of(billing.charges.number, numbers)


def today(updated_at: Ints, day: Day) -> Ints:
    """Rows that changed today."""
    return np.flatnonzero((updated_at >= day.start_seconds) & (updated_at < day.start_seconds + SECONDS_PER_DAY))
