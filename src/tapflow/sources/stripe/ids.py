"""Stripe's ids: pure functions of the company's own numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.core import ids
from tapflow.core.vendor_ids import stripe_customer_ids

Ids = NDArray[np.object_]


def customer_id(accounts: ArrayLike) -> Ids:
    """Of an account."""
    return stripe_customer_ids(accounts)


def subscription_id(subscriptions: ArrayLike) -> Ids:
    """Of a subscription's row."""
    return ids.opaque("sub_1", "stripe/subscription", subscriptions, 23)


def item_id(items: ArrayLike) -> Ids:
    """Of an item's row."""
    return ids.opaque("si_", "stripe/item", items)


def product_id(products: ArrayLike) -> Ids:
    """Of a product's row in the scenario."""
    return ids.opaque("prod_", "stripe/product", products)


def price_id(product: ArrayLike, interval: ArrayLike, currency: ArrayLike, unit_minor: ArrayLike) -> Ids:
    """Of a price: a product's unit amount in a currency for an interval (2 for a one-off)."""
    kind = (np.asarray(product, dtype=np.int64) * 3 + np.asarray(interval)) * 3 + np.asarray(currency)
    return ids.opaque("price_1", "stripe/price", kind * 100_000_000 + np.asarray(unit_minor), 23)


def invoice_id(numbers: ArrayLike) -> Ids:
    """Of an invoice's number."""
    return ids.opaque("in_1", "stripe/invoice", numbers, 23)


def line_id(numbers: ArrayLike) -> Ids:
    """Of an invoice line's number."""
    return ids.opaque("il_1", "stripe/line", numbers, 23)


def payment_intent_id(invoices: ArrayLike) -> Ids:
    """Of the intent to collect an invoice, by the invoice's number."""
    return ids.opaque("pi_3", "stripe/payment_intent", invoices, 23)


def charge_id(numbers: ArrayLike) -> Ids:
    """Of an attempt's number."""
    return ids.opaque("ch_3", "stripe/charge", numbers, 23)


def refund_id(numbers: ArrayLike) -> Ids:
    """Of a refund's number."""
    return ids.opaque("re_3", "stripe/refund", numbers, 23)


def credit_note_id(numbers: ArrayLike) -> Ids:
    """Of a credit note's number."""
    return ids.opaque("cn_1", "stripe/credit_note", numbers, 23)


def dispute_id(numbers: ArrayLike) -> Ids:
    """Of a dispute's number."""
    return ids.opaque("du_1", "stripe/dispute", numbers, 23)


def payout_id(numbers: ArrayLike) -> Ids:
    """Of a payout's number."""
    return ids.opaque("po_1", "stripe/payout", numbers, 23)


def transaction_id(kind: str, numbers: ArrayLike) -> Ids:
    """Of the balance transaction of a kind of thing (charge, refund, dispute, ...) and its number."""
    return ids.opaque("txn_3", f"stripe/transaction/{kind}", numbers, 23)


def event_id(kind: str, numbers: ArrayLike) -> Ids:
    """Of an event of a type on a numbered thing."""
    return ids.opaque("evt_1", f"stripe/event/{kind}", numbers, 23)
