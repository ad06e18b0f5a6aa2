"""Subscriptions with their items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.calendar import boundary, months_of, periods_before
from tapflow.business.billing.state import Billing
from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER, Cause, SubscriptionStatus
from tapflow.business.day import Day
from tapflow.core.clock import SECONDS_PER_DAY
from tapflow.sources.stripe.catalogue import coupon_ids
from tapflow.sources.stripe.ids import customer_id, item_id, price_id, product_id, subscription_id
from tapflow.sources.stripe.shape import currency_codes, every, optional, texts

Log = dict[str, Any]
Ints = NDArray[np.int64]
STATUS = np.array(["trialing", "active", "past_due", "paused", "canceled"], dtype=object)
# What Stripe asks a customer that cancels, as the customer answers.
_FEEDBACK = {
    Cause.PRICE: "too_expensive",
    Cause.UNRELIABLE_DEVICES: "low_quality",
    Cause.NO_USE: "unused",
    Cause.CLOSED_BUSINESS: "other",
    Cause.COMPETITOR: "switched_service",
}
_FACTS = (
    "subscription_started", "subscription_changed", "subscription_paused", "subscription_resumed",
    "subscription_ended", "subscription_status", "period_began",
)  # fmt: skip


@dataclass(frozen=True)
class Version:
    """How subscriptions stood at one moment: rows of the spine, ascending, and their items."""

    subscription: Ints
    at: Ints
    status: Ints
    discount_bp: Ints
    item: Ints  # rows, with the columns below; grouped by subscription, ascending
    owner: Ints
    product: Ints
    quantity: Ints
    unit_minor: Ints
    opening: bool


def subscriptions(company: Company, day: Day) -> Log | None:
    """The last version of each subscription that changed; on the first day also the one before."""
    versions = [_today(company, day)]
    if day.number == company.first_day:
        versions.insert(0, _before(day))
    logs = [_log(company, day, v) for v in versions if len(v.subscription)]
    return {name: np.concatenate([log[name] for log in logs]) for name in logs[0]} if logs else None


def changed(company: Company, day: Day) -> tuple[Ints, Ints]:
    """Subscriptions that changed today and the instant of their last change."""
    at = np.full(len(company.subscriptions), -1, dtype=np.int64)
    for name in _FACTS:
        rows = day.fact(name)
        if rows is not None:
            np.maximum.at(at, np.asarray(rows["subscription"], dtype=np.int64), np.asarray(rows["at"], dtype=np.int64))
    items = day.fact("item_changed")
    if items is not None:
        owner = company.items.subscription[np.asarray(items["item"], dtype=np.int64)]
        np.maximum.at(at, owner, np.asarray(items["at"], dtype=np.int64))
    found = np.flatnonzero(at >= day.start_seconds)
    return found, np.minimum(at[found], day.end_seconds - 1)


def _today(company: Company, day: Day) -> Version:
    found, at = changed(company, day)
    table, items = company.subscriptions, company.items
    chosen = np.zeros(len(table), dtype=bool)
    chosen[found] = True
    item = np.flatnonzero(chosen[items.subscription] & (items.removed_at < 0))
    item = item[np.argsort(items.subscription[item], kind="stable")]
    return Version(
        found, at, table.status[found], table.discount_bp[found], item, items.subscription[item],
        items.product[item], items.quantity[item], items.unit_minor[item], opening=False,
    )  # fmt: skip


def _before(day: Day) -> Version:
    rows, items = day.fact("opening_subscription"), day.fact("opening_item")
    assert rows is not None
    assert items is not None
    order = np.argsort(items["subscription"], kind="stable")
    return Version(
        rows["subscription"], rows["at"], rows["status"], rows["discount_bp"], items["item"][order],
        items["subscription"][order], items["product"][order], items["quantity"][order], items["unit_minor"][order],
        opening=True,
    )  # fmt: skip


def _log(company: Company, day: Day, version: Version) -> Log:
    table, rows = company.subscriptions, version.subscription
    account = table.account[rows]
    ended = version.status == SubscriptionStatus.CANCELED
    cycles = company.part(Billing).cycles
    anchor, start, end = cycles.anchor_at[rows], cycles.start_at[rows], cycles.end_at[rows]
    if version.opening:
        anchor = table.started_at[rows]
        months = months_of(table.interval[rows])
        count = periods_before(anchor, months, day.start_seconds)
        start, end = boundary(anchor, months, count), boundary(anchor, months, count + 1)
    sent = company.accounts.locations[account] >= company.scenario.billing.terms.locations
    return {
        "id": subscription_id(rows),
        "object": every(len(rows), "subscription"),
        "created": table.created_at[rows],
        "updated": version.at,
        "customer": customer_id(account),
        "status": STATUS[version.status],
        "collection_method": np.where(sent, "send_invoice", "charge_automatically").astype(object),
        "currency": currency_codes(table.currency[rows]),
        "billing_cycle_anchor": anchor,
        "current_period_start": start,
        "current_period_end": end,
        "start_date": table.started_at[rows],
        "canceled_at": optional(table.ended_at[rows], ended),
        "ended_at": optional(table.ended_at[rows], ended),
        "cancel_at_period_end": np.full(len(rows), False),
        "cancellation_details": optional(texts(_details(c) for c in table.cause[rows].tolist()), ended),
        "days_until_due": optional(np.full(len(rows), company.scenario.billing.terms.due_days), sent),
        "discount": _discounts(company, version),
        "items": items_json(company, version),
        "latest_invoice": every(len(rows), None),
        "pause_collection": every(len(rows), None),
        "trial_end": every(len(rows), None),
        "metadata": every(len(rows), "{}"),
    }


def _details(cause: int) -> str:
    if cause == Cause.UNPAID:
        return '{"comment":null,"feedback":null,"reason":"payment_failed"}'
    feedback = _FEEDBACK.get(Cause(cause))
    told = f'"{feedback}"' if feedback else "null"
    return f'{{"comment":null,"feedback":{told},"reason":"cancellation_requested"}}'


def _discounts(company: Company, version: Version) -> np.ndarray:
    rows = version.subscription
    coupon = coupon_ids(company, rows, version.discount_bp)
    end = company.subscriptions.discount_end_day[rows]
    percent = np.where(company.accounts.is_test[company.subscriptions.account[rows]], 10_000, version.discount_bp)
    return texts(
        None
        if c is None
        else f'{{"coupon":{{"id":"{c}","percent_off":{bp / 100:g},'
        f'"duration":"{"forever" if e == NEVER else "repeating"}"}},'
        f'"start":{s},"end":{"null" if e == NEVER else e * SECONDS_PER_DAY}}}'
        for c, bp, e, s in zip(
            coupon, percent.tolist(), end.tolist(), company.subscriptions.started_at[rows].tolist(), strict=True
        )
    )


def items_json(company: Company, version: Version) -> np.ndarray:
    """Each subscription's items as a Stripe list object."""
    table = company.subscriptions
    interval, currency = table.interval[version.owner].astype(np.int64), table.currency[version.owner]
    prices = price_id(version.product, interval, currency, version.unit_minor)
    parts = [
        f'{{"id":"{i}","object":"subscription_item","created":{t},"metadata":{{}},"price":{{"id":"{p}","object":"price",'
        f'"active":true,"billing_scheme":"per_unit","currency":"{c}","product":"{prod}","recurring":{{"interval":"{n}",'
        f'"interval_count":1}},"type":"recurring","unit_amount":{u}}},"quantity":{q},"subscription":"{s}"}}'
        for i, t, p, c, prod, n, u, q, s in zip(
            item_id(version.item),
            company.items.created_at[version.item].tolist(),
            prices,
            currency_codes(currency),
            product_id(version.product),
            np.array(["month", "year"], dtype=object)[interval],
            version.unit_minor.tolist(),
            version.quantity.tolist(),
            subscription_id(version.owner),
            strict=True,
        )
    ]
    first = np.searchsorted(version.owner, version.subscription, side="left")
    last = np.searchsorted(version.owner, version.subscription, side="right")
    return texts(
        f'{{"object":"list","data":[{",".join(parts[a:b])}],"has_more":false,"total_count":{b - a}}}'
        for a, b in zip(first.tolist(), last.tolist(), strict=True)
    )
