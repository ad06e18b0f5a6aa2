"""The event log: the steps between a day's last versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.aftermath import LOST, OPEN
from tapflow.business.billing.state import Billing, InvoiceStatus
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.sources.stripe import ids
from tapflow.sources.stripe.shape import currency_codes, every, texts
from tapflow.sources.stripe.subscriptions import STATUS

Log = dict[str, Any]
Ints = NDArray[np.int64]
_API_VERSION = "2024-06-20"
_DAY_NUMBERS = 1_000_000  # events of one thing on one day are numbered below this


class Batch(NamedTuple):
    """Events of one type: when, what number makes their ids, and the data's JSON."""

    kind: str
    at: Ints
    number: Ints
    data: Iterable[str]


def events(company: Company, day: Day) -> Log | None:
    """Events of today."""
    batches = [
        *_subscriptions(company, day),
        *_items(company, day),
        *_invoices(company, day),
        *_charges(company, day),
        *_returns(day),
        *_disputes(company, day),
    ]
    batches = [b for b in batches if len(b.at)]
    if not batches:
        return None
    at = np.concatenate([b.at for b in batches])
    return {
        "id": np.concatenate([ids.event_id(b.kind, b.number) for b in batches]),
        "object": every(len(at), "event"),
        "created": at,
        "type": np.concatenate([every(len(b.at), b.kind) for b in batches]),
        "api_version": every(len(at), _API_VERSION),
        "data": texts(d for b in batches for d in b.data),
        "pending_webhooks": np.zeros(len(at), dtype=np.int64),
        "request": every(len(at), '{"id":null,"idempotency_key":null}'),
    }


def _subscriptions(company: Company, day: Day) -> Iterator[Batch]:
    """Starts, ends and changes of status."""
    table = company.subscriptions
    for fact, kind, before, after in (
        ("subscription_started", "customer.subscription.created", None, "active"),
        ("subscription_paused", "customer.subscription.updated", "active", "paused"),
        ("subscription_resumed", "customer.subscription.updated", "paused", "active"),
        ("subscription_ended", "customer.subscription.deleted", None, "canceled"),
    ):
        rows = day.fact(fact)
        if rows is None:
            continue
        now = rows["at"] >= day.start_seconds
        subscription = np.asarray(rows["subscription"], dtype=np.int64)[now]
        previous = f',"previous_attributes":{{"status":"{before}"}}' if before else ""
        customer = ids.customer_id(table.account[subscription])
        yield Batch(
            kind,
            np.asarray(rows["at"])[now],
            subscription * _DAY_NUMBERS + day.number,
            [
                f'{{"object":{{"id":"{s}","object":"subscription","customer":"{c}","status":"{after}"}}{previous}}}'
                for s, c in zip(ids.subscription_id(subscription), customer, strict=True)
            ],
        )
    yield from _statuses(company, day)


def _statuses(company: Company, day: Day) -> Iterator[Batch]:
    rows = day.fact("subscription_status")
    if rows is None:
        return
    subscription = np.asarray(rows["subscription"], dtype=np.int64)
    after = STATUS[np.asarray(rows["status"])]
    customer = ids.customer_id(company.subscriptions.account[subscription])
    yield Batch(
        "customer.subscription.updated",
        np.asarray(rows["at"]),
        -(subscription * _DAY_NUMBERS + day.number),
        [
            f'{{"object":{{"id":"{s}","object":"subscription","customer":"{c}","status":"{a}"}},'
            f'"previous_attributes":{{"status":"{"active" if a == "past_due" else "past_due"}"}}}}'
            for s, c, a in zip(ids.subscription_id(subscription), customer, after, strict=True)
        ],
    )


def _items(company: Company, day: Day) -> Iterator[Batch]:
    """Changes of items: quantity and unit amount after and before."""
    rows = day.fact("item_changed")
    if rows is None:
        return
    at = np.asarray(rows["at"])
    # A new item of a new subscription is told by the subscription's own event.
    now = np.flatnonzero(
        (at >= day.start_seconds) & (at > company.subscriptions.created_at[company.items.subscription[rows["item"]]])
    )
    item = np.asarray(rows["item"], dtype=np.int64)[now]
    subscription = company.items.subscription[item]
    parts = zip(
        ids.subscription_id(subscription),
        ids.customer_id(company.subscriptions.account[subscription]),
        ids.item_id(item),
        *(
            np.asarray(rows[name])[now].tolist()
            for name in ("quantity_after", "unit_after_minor", "quantity_before", "unit_before_minor")
        ),
        strict=True,
    )
    yield Batch(
        "customer.subscription.updated",
        at[now],
        (item * _DAY_NUMBERS + day.number) * 64 + _repeats(item) + (1 << 62),
        [
            f'{{"object":{{"id":"{s}","object":"subscription","customer":"{c}","items":{{"data":[{{"id":"{i}","quantity":{q},'
            f'"price":{{"unit_amount":{u}}}}}]}}}},"previous_attributes":{{"items":{{"data":[{{"id":"{i}","quantity":{p},'
            f'"price":{{"unit_amount":{v}}}}}]}}}}}}'
            for s, c, i, q, u, p, v in parts
        ],
    )


def _repeats(values: Ints) -> Ints:
    """How often each value came before, in order: 0 for the first."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    start = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(values) else np.zeros(0, dtype=np.int64)
    counts = np.diff(np.append(start, len(values)))
    out = np.empty(len(values), dtype=np.int64)
    out[order] = np.arange(len(values)) - np.repeat(start, counts)
    return out


def _invoices(company: Company, day: Day) -> Iterator[Batch]:
    t = company.part(Billing).invoices
    new = np.flatnonzero(t.finalized_at >= day.start_seconds)
    yield _invoice_batch(company, "invoice.finalized", new, t.finalized_at[new], "open")
    closed = t.closed_at >= day.start_seconds
    for status, kind, word in (
        (InvoiceStatus.PAID, "invoice.paid", "paid"),
        (InvoiceStatus.UNCOLLECTIBLE, "invoice.marked_uncollectible", "uncollectible"),
    ):
        rows = np.flatnonzero(closed & (t.status == status))
        yield _invoice_batch(company, kind, rows, t.closed_at[rows], word)


def _invoice_batch(company: Company, kind: str, rows: Ints, at: Ints, status: str) -> Batch:
    t = company.part(Billing).invoices
    parts = zip(
        ids.invoice_id(t.number[rows]),
        ids.customer_id(t.account[rows]),
        t.total_minor[rows].tolist(),
        currency_codes(t.currency[rows]),
        t.attempts[rows].tolist(),
        strict=True,
    )
    return Batch(
        kind,
        at,
        t.number[rows],
        [
            f'{{"object":{{"id":"{i}","object":"invoice","customer":"{c}","amount_due":{a},"currency":"{cur}",'
            f'"status":"{status}","attempt_count":{n}}}}}'
            for i, c, a, cur, n in parts
        ],
    )


def _charges(company: Company, day: Day) -> Iterator[Batch]:
    t = company.part(Billing).charges
    for succeeded, word in ((True, "succeeded"), (False, "failed")):
        rows = np.flatnonzero((t.at >= day.start_seconds) & (t.succeeded == succeeded))
        parts = zip(
            ids.charge_id(t.number[rows]), ids.customer_id(t.account[rows]), ids.invoice_id(t.invoice[rows]),
            t.amount_minor[rows].tolist(), currency_codes(t.currency[rows]), strict=True,
        )  # fmt: skip
        data = [
            f'{{"object":{{"id":"{i}","object":"charge","customer":"{c}","invoice":"{n}","amount":{a},"currency":"{cur}",'
            f'"status":"{word}"}}}}'
            for i, c, n, a, cur in parts
        ]
        yield Batch(f"charge.{word}", t.at[rows], t.number[rows], data)


def _returns(day: Day) -> Iterator[Batch]:
    for fact, kind, spell, thing in (
        ("refund", "charge.refunded", ids.refund_id, "refund"),
        ("credit_note", "credit_note.created", ids.credit_note_id, "credit_note"),
    ):
        r = day.fact(fact)
        if r is None:
            continue
        yield Batch(
            kind,
            r["at"],
            r["number"],
            [
                f'{{"object":{{"id":"{i}","object":"{thing}","amount":{a},"currency":"{c}"}}}}'
                for i, a, c in zip(
                    spell(r["number"]), r["amount_minor"].tolist(), currency_codes(r["currency"]), strict=True
                )
            ],
        )


def _disputes(company: Company, day: Day) -> Iterator[Batch]:
    t = company.part(Billing).disputes
    rows = np.flatnonzero(t.updated_at >= day.start_seconds)
    for opened, kind in ((True, "charge.dispute.created"), (False, "charge.dispute.closed")):
        some = rows[(t.status[rows] == OPEN) == opened]
        yield Batch(
            kind,
            t.updated_at[some],
            t.number[some],
            [
                f'{{"object":{{"id":"{i}","object":"dispute","amount":{a},"currency":"{c}","status":"{_word(s)}"}}}}'
                for i, a, c, s in zip(
                    ids.dispute_id(t.number[some]), t.amount_minor[some].tolist(), currency_codes(t.currency[some]),
                    t.status[some].tolist(), strict=True,
                )
            ],
        )  # fmt: skip


def _word(status: int) -> str:
    return "needs_response" if status == OPEN else "lost" if status == LOST else "won"
