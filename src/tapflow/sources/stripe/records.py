"""Stripe's log of a day."""

from __future__ import annotations

from typing import Any

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.sources.stripe.catalogue import coupons, prices, products
from tapflow.sources.stripe.customers import customers
from tapflow.sources.stripe.events import events
from tapflow.sources.stripe.invoices import invoices
from tapflow.sources.stripe.objects import OBJECTS
from tapflow.sources.stripe.payments import balance_transactions, charges, credit_notes, disputes, intents, refunds
from tapflow.sources.stripe.subscriptions import subscriptions

Log = dict[str, Any]
_LIVE = frozenset(o.name for o in OBJECTS if "livemode" in {f.name for f in o.fields})
_MAKERS = {
    "customers": customers,
    "products": products,
    "prices": prices,
    "coupons": coupons,
    "subscriptions": subscriptions,
    "invoices": invoices,
    "payment_intents": intents,
    "charges": charges,
    "refunds": refunds,
    "credit_notes": credit_notes,
    "disputes": disputes,
    "balance_transactions": balance_transactions,
    "events": events,
}


def records(company: Company, day: Day) -> dict[str, Log]:
    """The day's log of every object that changed."""
    logs: dict[str, Log] = {}
    for name, maker in _MAKERS.items():
        log = maker(company, day)
        if log is not None and len(log["id"]):
            logs[name] = _ordered(log)
            if name in _LIVE:
                logs[name]["livemode"] = np.full(len(log["id"]), True)
    return logs


def _ordered(log: Log) -> Log:
    version = np.asarray(log.get("updated", log["created"]))
    order = np.lexsort((np.asarray(log["id"], dtype=str), version))
    return {name: np.asarray(column)[order] for name, column in log.items()}
