"""A day of billing, in order."""

from __future__ import annotations

import numpy as np

from tapflow.business.billing import aftermath, payments
from tapflow.business.billing.cycles import begin_periods, prorate, remember_items
from tapflow.business.billing.exchange import move_rates
from tapflow.business.billing.founding import found_cycles
from tapflow.business.billing.invoicing import add_one_offs, make_invoices
from tapflow.business.billing.ledger import tell_day, tell_opening
from tapflow.business.billing.mess import tell_missing_ids
from tapflow.business.billing.recognition import recognise
from tapflow.business.billing.settlement import settle
from tapflow.business.billing.state import NEVER, Billing, InvoiceStatus
from tapflow.business.company import Company
from tapflow.business.day import Day


def found(company: Company, day: Day) -> None:
    """The starting population's running periods, the invoices of them, and what is still to be recognised."""
    move_rates(company, day)
    found_cycles(company, day)
    remember_items(company)
    tell_missing_ids(company, day, np.unique(company.subscriptions.account))
    tell_opening(company, day)


def step(company: Company, day: Day) -> None:
    """One day: periods begin, invoices are made, collected and followed up; revenue is recognised."""
    if day.number > company.first_day:
        move_rates(company, day)
        forget(company, day)
    due = begin_periods(company, day)
    prorate(company, day, due)
    add_one_offs(company, day)
    fresh = make_invoices(company, day, due)
    payments.collect(company, day, fresh)
    aftermath.plan(company, day, fresh)
    aftermath.happen(company, day)
    payments.signal(company, day)
    settle(company, day)
    recognise(company, day)
    tell_day(company, day)
    _tell_new_payers(company, day)
    remember_items(company)


def _tell_new_payers(company: Company, day: Day) -> None:
    subscriptions = company.subscriptions
    new = np.unique(subscriptions.account[subscriptions.created_at >= day.start_seconds])
    first = np.full(len(company.accounts), day.end_seconds, dtype=np.int64)
    np.minimum.at(first, subscriptions.account, subscriptions.created_at)
    tell_missing_ids(company, day, new[first[new] >= day.start_seconds])


def forget(company: Company, day: Day) -> None:
    """Drop what nothing can happen to any more: before the day's own changes, so that logs still hold yesterday's."""
    billing = company.part(Billing)
    invoices = billing.invoices
    coming = np.maximum(invoices.refund_day * (invoices.refund_minor > 0), invoices.dispute_day)
    keep = (invoices.status == InvoiceStatus.OPEN) | ((coming != NEVER) & (coming >= day.number))
    numbers = invoices.number[keep]
    invoices.keep(keep)
    billing.lines.keep(np.isin(billing.lines.invoice, numbers))
    undecided = billing.disputes.decided_day >= day.number
    needed = np.isin(billing.charges.number, billing.disputes.charge[undecided])
    billing.charges.keep(needed | np.isin(billing.charges.invoice, numbers))
    billing.disputes.keep(undecided)
