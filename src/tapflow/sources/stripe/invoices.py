"""Invoices with their lines."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.state import NEVER, Billing, InvoiceStatus, LineKind, Reason
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.core.clock import SECONDS_PER_DAY
from tapflow.sources.stripe.catalogue import ONE_OFF
from tapflow.sources.stripe.ids import (
    charge_id,
    customer_id,
    invoice_id,
    item_id,
    line_id,
    payment_intent_id,
    price_id,
    product_id,
    subscription_id,
)
from tapflow.sources.stripe.shape import currency_codes, every, optional, product_names, texts

Log = dict[str, Any]
Ints = NDArray[np.int64]
STATUS = np.array(["open", "paid", "uncollectible"], dtype=object)
_REASON = {
    Reason.CREATE: "subscription_create",
    Reason.CYCLE: "subscription_cycle",
    Reason.UPDATE: "subscription_update",
    Reason.MANUAL: "manual",
}
REASONS = np.array([_REASON[r] for r in Reason], dtype=object)
METHODS = np.array(["charge_automatically", "send_invoice"], dtype=object)
_RETRY_SECONDS = 43_200  # a retry is announced for noon


def changed(company: Company, day: Day) -> Ints:
    """Rows of invoices that changed today; all on the first day."""
    invoices = company.part(Billing).invoices
    if day.number == company.first_day:
        return invoices.rows
    return np.flatnonzero((invoices.updated_at >= day.start_seconds) & (invoices.updated_at < day.end_seconds))


def invoices(company: Company, day: Day) -> Log | None:
    """The last version of each invoice that changed."""
    rows = changed(company, day)
    if len(rows) == 0:
        return None
    t = company.part(Billing).invoices
    status, number, total = t.status[rows], t.number[rows], t.total_minor[rows]
    paid = status == InvoiceStatus.PAID
    left = np.where(paid, 0, total - t.credited_minor[rows])
    newest = newest_charges(company, number)
    return {
        "id": invoice_id(number),
        "object": every(len(rows), "invoice"),
        "created": t.created_at[rows],
        "updated": np.maximum(t.updated_at[rows], t.finalized_at[rows]),
        "customer": customer_id(t.account[rows]),
        "subscription": optional(subscription_id(t.subscription[rows]), t.subscription[rows] >= 0),
        "status": STATUS[status],
        "billing_reason": REASONS[t.reason[rows]],
        "collection_method": METHODS[t.sent[rows].astype(np.int64)],
        "currency": currency_codes(t.currency[rows]),
        "subtotal": t.subtotal_minor[rows],
        "total": total,
        "amount_due": total,
        "amount_paid": np.where(paid, total - t.credited_minor[rows], 0),
        "amount_remaining": left,
        "pre_payment_credit_notes_amount": t.credited_minor[rows],
        "post_payment_credit_notes_amount": t.post_credited_minor[rows],
        "tax": every(len(rows), None),
        "starting_balance": np.zeros(len(rows), dtype=np.int64),
        "attempt_count": t.attempts[rows],
        "attempted": t.attempts[rows] > 0,
        "paid": paid,
        "next_payment_attempt": optional(
            t.next_attempt_day[rows].astype(np.int64) * SECONDS_PER_DAY + _RETRY_SECONDS,
            (t.next_attempt_day[rows] != NEVER) & ~t.sent[rows] & (status == InvoiceStatus.OPEN),
        ),
        "due_date": optional(t.due_at[rows], t.sent[rows]),
        "period_start": t.period_start_at[rows],
        "period_end": t.period_end_at[rows],
        "number": texts(f"TF-{n:08d}" for n in number.tolist()),
        "charge": optional(charge_id(newest), newest > 0),
        "payment_intent": optional(payment_intent_id(number), newest > 0),
        "status_transitions": texts(
            f'{{"finalized_at":{f},"marked_uncollectible_at":{c if s == InvoiceStatus.UNCOLLECTIBLE else "null"},'
            f'"paid_at":{c if s == InvoiceStatus.PAID else "null"},"voided_at":null}}'
            for f, c, s in zip(t.finalized_at[rows].tolist(), t.closed_at[rows].tolist(), status.tolist(), strict=True)
        ),
        "lines": lines_json(company, number),
        "total_discount_amounts": texts(f'[{{"amount":{d}}}]' if d else "[]" for d in t.discount_minor[rows].tolist()),
        "metadata": every(len(rows), "{}"),
    }


def newest_charges(company: Company, number: Ints) -> Ints:
    """The newest charge of each invoice, 0 if none."""
    charges = company.part(Billing).charges
    if len(charges) == 0 or len(number) == 0:
        return np.zeros(len(number), dtype=np.int64)
    order = np.lexsort((charges.number, charges.invoice))
    place = np.searchsorted(charges.invoice[order], number, side="right") - 1
    at = order[np.maximum(place, 0)]
    return np.where((place >= 0) & (charges.invoice[at] == number), charges.number[at], 0)


def lines_json(company: Company, number: Ints) -> np.ndarray:
    """Lines of the invoices (ascending numbers) as Stripe list objects."""
    lines = company.part(Billing).lines
    row = np.flatnonzero(np.isin(lines.invoice, number))
    row = row[np.argsort(lines.invoice[row], kind="stable")]
    parts = _lines(company, row)
    first = np.searchsorted(lines.invoice[row], number, side="left").tolist()
    last = np.searchsorted(lines.invoice[row], number, side="right").tolist()
    return texts(
        f'{{"object":"list","data":[{",".join(parts[a:b])}],"has_more":false,"total_count":{b - a}}}'
        for a, b in zip(first, last, strict=True)
    )


def _lines(company: Company, row: Ints) -> list[str]:
    lines, names = company.part(Billing).lines, product_names(company)
    account = lines.account[row]
    currency = company.accounts.currency[account].astype(np.int64)
    subscription = lines.subscription[row]
    once = lines.kind[row] == LineKind.ONE_OFF
    interval = np.where(once, ONE_OFF, company.subscriptions.interval[np.maximum(subscription, 0)])
    product = lines.product[row]
    kinds = lines.kind[row].tolist()
    of_subscription = optional(subscription_id(subscription), (subscription >= 0) & ~once)
    return [
        f'{{"id":"{i}","object":"line_item","amount":{a},"currency":"{c}",'
        f'"description":{_description(k, a, q, names[pr])},"discount_amounts":{_discount(d)},'
        f'"discountable":{"false" if k == LineKind.PRORATION else "true"},"livemode":true,'
        f'"metadata":{{}},"period":{{"start":{start},"end":{end}}},"price":{{"id":"{p}","object":"price","currency":"{c}",'
        f'"product":"{pid}","type":"{"one_time" if k == LineKind.ONE_OFF else "recurring"}","unit_amount":{u}}},'
        f'"proration":{"true" if k == LineKind.PRORATION else "false"},"quantity":{q},"subscription":{_or_null(s)},'
        f'"subscription_item":{_or_null(si)},"type":"{"subscription" if k == LineKind.RECURRING else "invoiceitem"}"}}'
        for i, a, c, k, q, d, start, end, p, pid, u, s, si, pr in zip(
            line_id(lines.number[row]), lines.amount_minor[row].tolist(), currency_codes(currency), kinds,
            lines.quantity[row].tolist(), lines.discount_minor[row].tolist(), lines.start_at[row].tolist(),
            lines.end_at[row].tolist(), price_id(product, interval, currency, lines.unit_minor[row]),
            product_id(product), lines.unit_minor[row].tolist(), of_subscription,
            optional(item_id(lines.item[row]), lines.item[row] >= 0), product.tolist(), strict=True,
        )
    ]  # fmt: skip


def _description(kind: int, amount: int, quantity: int, name: str) -> str:
    if kind == LineKind.PRORATION:
        return f'"{"Unused" if amount < 0 else "Remaining"} time on {quantity} \\u00d7 {name}"'
    return f'"{quantity} \\u00d7 {name}"'


def _discount(amount: int) -> str:
    return f'[{{"amount":{amount}}}]' if amount else "[]"


def _or_null(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'
