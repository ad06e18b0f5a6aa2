"""Collecting invoices: charges, declines, retries, dunning, and the signals that follow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.exchange import to_usd
from tapflow.business.billing.state import NEVER, Billing, InvoiceStatus
from tapflow.business.company import Company
from tapflow.business.customers.state import Cause, SubscriptionStatus
from tapflow.business.day import Day
from tapflow.core.clock import SECONDS_PER_DAY

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_TRY_SECONDS = 30  # from finalisation to the first attempt
_OUTAGE_CODE = "processing_error"


def collect(company: Company, day: Day, fresh: Ints) -> None:
    """Try today's new invoices and those whose retry is due; give up where dunning is over."""
    billing = company.part(Billing)
    invoices = billing.invoices
    _plan_transfers(company, day, fresh)
    first = fresh[~invoices.sent[fresh]]
    _attempt(company, day, first, invoices.finalized_at[first] + _TRY_SECONDS)
    due = np.flatnonzero((invoices.status == InvoiceStatus.OPEN) & (invoices.next_attempt_day == day.number))
    due = due[~np.isin(due, fresh)]
    seconds = day.chance.uniform("billing/retry_at", invoices.number[due]) * (SECONDS_PER_DAY - 3_600)
    _attempt(company, day, due, day.start_seconds + seconds.astype(np.int64))
    _write_off(company, day)


def _plan_transfers(company: Company, day: Day, fresh: Ints) -> None:
    """Decide when sent invoices will be paid."""
    terms, invoices = company.scenario.billing.terms, company.part(Billing).invoices
    rows = fresh[invoices.sent[fresh]]
    if len(rows) == 0:
        return
    number = invoices.number[rows]
    lag = day.chance.lognormal("billing/transfer_days", number, terms.paid_days_median, terms.paid_days_sigma)
    never = day.chance.happens("billing/transfer_never", number, terms.never)
    lags = np.clip(np.rint(lag), 1, terms.write_off_days - 1).astype(np.int64)
    invoices.next_attempt_day[rows] = np.where(never, NEVER, day.number + lags)


def _attempt(company: Company, day: Day, rows: Ints, at: Ints) -> None:
    if len(rows) == 0:
        return
    billing, parameters = company.part(Billing), company.scenario.billing
    invoices = billing.invoices
    failed, decline = _fails(company, day, rows)
    due = invoices.total_minor[rows] - invoices.credited_minor[rows]
    currency = invoices.currency[rows].astype(np.int64)
    billing.charges.append(
        number=billing.numbers("charge", len(rows)), invoice=invoices.number[rows], account=invoices.account[rows],
        currency=currency, at=at, succeeded=~failed, decline=decline, amount_minor=due,
        usd_minor=np.where(failed, 0, to_usd(billing, due, currency)), updated_at=at,
    )  # fmt: skip
    invoices.attempts[rows] += 1
    invoices.updated_at[rows] = at
    paid, bad = rows[~failed], rows[failed]
    invoices.status[paid], invoices.closed_at[paid] = InvoiceStatus.PAID, at[~failed]
    invoices.next_attempt_day[paid] = NEVER
    new = bad[invoices.first_failed_at[bad] < 0]
    invoices.first_failed_at[new] = at[failed][np.isin(bad, new)]
    invoices.decline[bad] = decline[failed]
    since = day.number - invoices.first_failed_at[bad] // SECONDS_PER_DAY
    later = np.array([*parameters.collection.retry_days, 10**6])
    following = later[np.searchsorted(later, since, side="right")]
    invoices.next_attempt_day[bad] = np.where(following > 10**5, NEVER, day.number - since + following)
    _soon_again(invoices.next_attempt_day, bad, decline[failed], company, day)


def _soon_again(next_attempt_day: Ints, bad: Ints, decline: Ints, company: Company, day: Day) -> None:
    """What the processor itself broke is tried again the next day."""
    codes = [d.code for d in company.scenario.billing.collection.declines]
    next_attempt_day[bad[decline == codes.index(_OUTAGE_CODE)]] = day.number + 1


def _fails(company: Company, day: Day, rows: Ints) -> tuple[Bools, Ints]:
    """Which attempts fail, and the decline's row in the scenario (0 where none)."""
    parameters = company.scenario.billing.collection
    invoices, accounts = company.part(Billing).invoices, company.accounts
    account, number = invoices.account[rows], invoices.number[rows]
    mended = np.array([d.mended for d in parameters.declines])
    again = invoices.first_failed_at[rows] >= 0
    # Keyed by the account, so that a mended card pays all that is open on the same day.
    retry = ~day.chance.happens("billing/mended", account, mended[invoices.decline[rows]])
    odds = parameters.first_failure * (1 + parameters.quality_effect * (0.5 - accounts.quality[account]))
    odds = np.where(accounts.signal_payment_failing[account], parameters.failing_again, odds)
    first = day.chance.happens("billing/declined", number, odds)
    failed = np.where(again, retry, first) & ~invoices.sent[rows]
    weights = [d.weight for d in parameters.declines]
    code = np.where(again, invoices.decline[rows], day.chance.choice("billing/decline", account, weights))
    working = company.scenario.incidents.factor(day.number - company.first_day, "payment_outage")
    if working < 1:
        hit = ~day.chance.happens("billing/outage", number, working) & ~invoices.sent[rows] & ~failed
        code = np.where(hit, [d.code for d in parameters.declines].index(_OUTAGE_CODE), code)
        failed = failed | hit
    return np.asarray(failed), np.where(failed, code, 0).astype(np.int64)


def _write_off(company: Company, day: Day) -> None:
    """Close invoices that will not be paid: of subscriptions ended unpaid, after dunning, or long overdue."""
    billing, parameters = company.part(Billing), company.scenario.billing
    invoices = billing.invoices
    opened = invoices.status == InvoiceStatus.OPEN
    first = invoices.first_failed_at // SECONDS_PER_DAY
    over = (invoices.first_failed_at >= 0) & (day.number >= first + parameters.collection.give_up_days)
    over |= invoices.sent & (day.number >= invoices.finalized_at // SECONDS_PER_DAY + parameters.terms.write_off_days)
    invoices.given_up[opened & over] = True
    gone = invoices.given_up & ~_runs(company, invoices.subscription)
    ended = day.fact("subscription_ended")
    if ended is not None:
        unpaid = np.asarray(ended["subscription"])[np.asarray(ended["cause"]) == Cause.UNPAID]
        gone |= np.isin(company.part(Billing).invoices.subscription, unpaid)
    rows = np.flatnonzero(opened & gone)
    invoices.status[rows], invoices.next_attempt_day[rows] = InvoiceStatus.UNCOLLECTIBLE, NEVER
    invoices.closed_at[rows] = invoices.updated_at[rows] = day.end_seconds - 300


def _runs(company: Company, subscription: Ints) -> Bools:
    return (subscription >= 0) & (company.subscriptions.ended_at[subscription] < 0)


def signal(company: Company, day: Day) -> None:
    """Tell the customers' side who is failing and whose dunning is over, and set subscriptions past due."""
    billing, accounts, subscriptions = company.part(Billing), company.accounts, company.subscriptions
    invoices = billing.invoices
    failing = (invoices.status == InvoiceStatus.OPEN) & ((invoices.first_failed_at >= 0) | invoices.given_up)
    accounts.signal_payment_failing[:] = False
    accounts.signal_payment_failing[invoices.account[failing]] = True
    lost = failing & invoices.given_up & _runs(company, invoices.subscription)
    accounts.signal_unpaid[:] = False
    accounts.signal_unpaid[invoices.account[lost]] = True
    due = np.unique(invoices.subscription[failing & _runs(company, invoices.subscription)])
    back = billing.failing[~np.isin(billing.failing, due)]
    _set_status(company, day, due, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)
    _set_status(company, day, back, SubscriptionStatus.PAST_DUE, SubscriptionStatus.ACTIVE)
    billing.failing = due[subscriptions.status[due] == SubscriptionStatus.PAST_DUE]


def _set_status(company: Company, day: Day, rows: Ints, before: int, after: int) -> None:
    changed = rows[company.subscriptions.status[rows] == before]
    company.subscriptions.status[changed] = after
    day.emit("subscription_status", subscription=changed, at=day.end_seconds - 200, status=after)
