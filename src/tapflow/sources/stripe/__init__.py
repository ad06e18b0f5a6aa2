"""Stripe: customers, prices, subscriptions, invoices, payments and the balance, in Stripe's own shape."""

from __future__ import annotations

from tapflow.sources.stripe.objects import OBJECTS
from tapflow.sources.stripe.records import records

__all__ = ["OBJECTS", "records"]
