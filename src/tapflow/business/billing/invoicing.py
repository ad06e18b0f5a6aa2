"""Making invoices: one an account and day at most, of the period's items, pending changes and one-off sales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.cycles import Due, net_of_discount, yearly
from tapflow.business.billing.exchange import to_usd
from tapflow.business.billing.state import NEVER, Billing, InvoiceStatus, LineKind, Reason
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.core.clock import SECONDS_PER_DAY

Ints = NDArray[np.int64]
Columns = dict[str, NDArray[np.int64]]
_LAST_SECONDS = 600  # an invoice is finalised this long before the day ends, at the latest
LINE_COLUMNS = (
    "account", "subscription", "item", "product", "kind", "quantity", "unit_minor", "amount_minor", "discount_minor",
    "start_at", "end_at",
)  # fmt: skip


@dataclass(frozen=True)
class Heads:
    """Invoices about to be made, ascending by account."""

    account: Ints
    subscription: Ints
    at: Ints
    reason: Ints
    start_at: Ints
    end_at: Ints


def add_one_offs(company: Company, day: Day) -> None:
    """Let today's one-off sales wait for the account's invoice of today."""
    sold = day.fact("one_off")
    if sold is None:
        return
    billing = company.part(Billing)
    quantity, unit = np.asarray(sold["quantity"], dtype=np.int64), np.asarray(sold["unit_minor"], dtype=np.int64)
    account = np.asarray(sold["account"], dtype=np.int64)
    paid = (quantity * unit > 0) & ~company.accounts.is_test[account] & (np.asarray(sold["at"]) >= day.start_seconds)
    account = account[paid]
    at = np.asarray(sold["at"], dtype=np.int64)[paid]
    billing.pending.append(
        number=billing.numbers("line", len(account)),
        account=account,
        subscription=company.accounts.subscription[account],
        item=-1,
        product=np.asarray(sold["product"])[paid],
        kind=LineKind.ONE_OFF,
        quantity=quantity[paid],
        unit_minor=unit[paid],
        amount_minor=(quantity * unit)[paid],
        start_at=at,
        end_at=at,
    )


def make_invoices(company: Company, day: Day, due: Due) -> Ints:
    """Finalise today's invoices; answers their rows in billing's invoices, ascending."""
    billing = company.part(Billing)
    lines = recurring_lines(company, due.subscriptions)
    by_account = _sum_by(len(company.accounts), lines["account"], lines["amount_minor"] - lines["discount_minor"])
    waiting = _waiting(company, due, by_account)
    pending = {name: billing.pending[name][waiting].astype(np.int64) for name in ("number", *LINE_COLUMNS)}
    lines["number"] = billing.numbers("line", len(lines["account"]))
    joined = {name: np.concatenate([lines[name], pending[name]]) for name in pending}
    heads = _heads(company, day, due, joined)
    billing.pending.keep(~waiting & ~_ended(company, billing.pending.subscription))
    return write(company, heads, joined)


def recurring_lines(company: Company, subscriptions: Ints) -> Columns:
    """A line for each live item of the subscriptions, for their current periods."""
    items, cycles = company.items, company.part(Billing).cycles
    chosen = np.zeros(len(company.subscriptions), dtype=bool)
    chosen[subscriptions] = True
    live = (items.removed_at < 0) & (items.quantity > 0) & (items.unit_minor > 0)
    item = np.flatnonzero(chosen[items.subscription] & live)
    subscription = items.subscription[item]
    amount = items.unit_minor[item] * items.quantity[item]
    return {
        "account": company.subscriptions.account[subscription],
        "subscription": subscription,
        "item": item,
        "product": items.product[item].astype(np.int64),
        "kind": np.full(len(item), LineKind.RECURRING, dtype=np.int64),
        "quantity": items.quantity[item].astype(np.int64),
        "unit_minor": items.unit_minor[item],
        "amount_minor": amount,
        "discount_minor": amount
        - net_of_discount(amount, company.subscriptions.discount_bp[subscription].astype(np.int64)),
        "start_at": cycles.start_at[subscription],
        "end_at": cycles.end_at[subscription],
    }


def _sum_by(size: int, key: Ints, value: Ints) -> Ints:
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, key, value)
    return total


def _ended(company: Company, subscription: Ints) -> NDArray[np.bool_]:
    return (subscription >= 0) & (company.subscriptions.ended_at[subscription] >= 0)


def _waiting(company: Company, due: Due, recurring: Ints) -> NDArray[np.bool_]:
    """Which pending lines are billed today.

    With the account's renewal, if the invoice stays positive; changes of yearly subscriptions and
    one-off sales at once; what waits for an ended subscription now or never. Credits that would
    make an invoice negative wait on.
    """
    pending = company.part(Billing).pending
    account, subscription = pending.account, pending.subscription
    renewing = np.isin(account, company.subscriptions.account[due.subscriptions])
    at_once = (pending.kind == LineKind.ONE_OFF) | yearly(company, subscription) | _ended(company, subscription)
    called = np.zeros(len(company.accounts), dtype=bool)
    called[account[at_once | renewing]] = True
    net = pending.amount_minor - pending.discount_minor
    total = recurring + _sum_by(len(recurring), account, net)
    fits = called & (total > 0)
    return np.asarray(fits[account] | (called[account] & (pending.kind == LineKind.ONE_OFF)))


def _heads(company: Company, day: Day, due: Due, lines: Columns) -> Heads:
    account = np.unique(lines["account"])
    subscription = company.accounts.subscription[account].copy()
    at = np.full(len(account), -1, dtype=np.int64)
    np.maximum.at(
        at,
        np.searchsorted(account, lines["account"]),
        np.where(lines["kind"] == LineKind.RECURRING, lines["start_at"], -1),
    )
    changed = np.full(len(account), -1, dtype=np.int64)
    np.maximum.at(
        changed,
        np.searchsorted(account, lines["account"]),
        np.where(lines["start_at"] >= day.start_seconds, lines["start_at"], -1),
    )
    of_due = company.subscriptions.account[due.subscriptions]
    reason = np.where(yearly(company, subscription), Reason.UPDATE, Reason.MANUAL).astype(np.int64)
    one_off = np.isin(account, lines["account"][lines["kind"] == LineKind.ONE_OFF])
    reason[one_off] = Reason.MANUAL
    place = np.searchsorted(account, of_due)
    there = (
        (place < len(account)) & (account[np.minimum(place, max(len(account) - 1, 0))] == of_due)
        if len(account)
        else np.zeros(len(of_due), bool)
    )
    reason[place[there]], subscription[place[there]] = due.reason[there], due.subscriptions[there]
    at = np.where(
        at >= day.start_seconds, at, np.where(changed >= 0, changed, day.start_seconds + SECONDS_PER_DAY // 2)
    )
    cycles = company.part(Billing).cycles
    is_due = np.zeros(len(account), dtype=bool)
    is_due[place[there]] = True
    return Heads(
        account, subscription, at, reason,
        np.where(is_due, cycles.start_at[subscription], at), np.where(is_due, cycles.end_at[subscription], at),
    )  # fmt: skip


def write(company: Company, heads: Heads, lines: Columns, opening: bool = False) -> Ints:
    """Add the invoices and their lines to billing's memory, finalised and open; answers the rows."""
    billing, parameters = company.part(Billing), company.scenario.billing
    position = np.searchsorted(heads.account, lines["account"])
    order = np.lexsort((lines["number"], lines["kind"], position))
    lines = {name: column[order] for name, column in lines.items()}
    position = position[order]
    currency = company.accounts.currency[heads.account].astype(np.int64)
    net = lines["amount_minor"] - lines["discount_minor"]
    usd = to_usd(billing, net, currency[position])
    size = len(heads.account)
    subtotal, discount = (
        _sum_by(size, position, lines["amount_minor"]),
        _sum_by(size, position, lines["discount_minor"]),
    )
    last = (heads.at // SECONDS_PER_DAY + 1) * SECONDS_PER_DAY - _LAST_SECONDS
    finalized = np.maximum(heads.at, np.minimum(heads.at + parameters.collection.finalize_seconds, last))
    sent = company.accounts.locations[heads.account] >= parameters.terms.locations
    number = billing.numbers("invoice", size)
    rows = billing.invoices.append(
        number=number, account=heads.account, subscription=heads.subscription, currency=currency, reason=heads.reason,
        sent=sent, created_at=heads.at, finalized_at=finalized,
        due_at=finalized + np.where(sent, parameters.terms.due_days * SECONDS_PER_DAY, 0),
        period_start_at=heads.start_at, period_end_at=heads.end_at,
        subtotal_minor=subtotal, discount_minor=discount, total_minor=subtotal - discount,
        total_usd_minor=_sum_by(size, position, usd), status=InvoiceStatus.OPEN, closed_at=-1, first_failed_at=-1,
        next_attempt_day=NEVER, credit_day=NEVER, refund_day=NEVER, dispute_day=NEVER, opening=opening,
        updated_at=finalized,
    )  # fmt: skip
    billing.lines.append(len(usd), invoice=number[position], usd_minor=usd, **lines)
    _schedule(billing, lines, usd, currency[position], finalized[position] // SECONDS_PER_DAY)
    return rows


def _schedule(billing: Billing, lines: Columns, usd: Ints, currency: Ints, billed_day: Ints) -> None:
    start = lines["start_at"] // SECONDS_PER_DAY
    billing.schedule.append(
        product=lines["product"],
        currency=currency,
        usd_minor=usd,
        start_day=start,
        end_day=np.maximum(lines["end_at"] // SECONDS_PER_DAY, start + 1),
        from_day=billed_day,
    )
