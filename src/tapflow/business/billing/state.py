"""Billing's memory: periods of subscriptions, lines not yet billed, invoices with something still to happen."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.columns import Table

Ints = NDArray[np.int64]
NEVER = -1


class InvoiceStatus(IntEnum):
    """Stripe's statuses of finalised invoices, as far as we use them."""

    OPEN = 0
    PAID = 1
    UNCOLLECTIBLE = 2


class Reason(IntEnum):
    """Why an invoice was made."""

    CREATE = 0
    CYCLE = 1
    UPDATE = 2
    MANUAL = 3


class LineKind(IntEnum):
    """What a line bills."""

    RECURRING = 0
    PRORATION = 1
    ONE_OFF = 2


class TxnType(IntEnum):
    """Kinds of balance transactions."""

    CHARGE = 0
    REFUND = 1
    DISPUTE = 2
    DISPUTE_WON = 3
    PAYOUT = 4


_LINE = {
    "account": "i8",
    "subscription": "i8",  # -1: none
    "item": "i8",  # -1: none
    "product": "i2",
    "kind": "i1",  # LineKind
    "quantity": "i4",
    "unit_minor": "i8",
    "amount_minor": "i8",  # before discount, in the invoice's currency
    "discount_minor": "i8",
    "start_at": "i8",  # service period, epoch seconds
    "end_at": "i8",
}


def new_lines() -> Table:
    """One row an invoice line."""
    return Table(invoice="i8", number="i8", usd_minor="i8", **_LINE)


def new_invoices() -> Table:
    """One row a finalised invoice, in the order of their numbers; money in its currency's minor units, net of discount.

    `_usd_minor` are at the market rate of the invoice's day; days are day numbers, NEVER if not.
    """
    return Table(
        number="i8",
        account="i8",
        subscription="i8",
        currency="i1",
        reason="i1",
        sent="?",  # sent and paid by transfer, else charged to a card
        created_at="i8",
        finalized_at="i8",
        due_at="i8",  # when it counts as overdue: at once when charged to a card
        period_start_at="i8",
        period_end_at="i8",
        subtotal_minor="i8",
        discount_minor="i8",
        total_minor="i8",
        total_usd_minor="i8",
        credited_minor="i8",  # by credit notes before payment
        credited_usd_minor="i8",
        status="i1",
        closed_at="i8",  # paid or written off, -1 while open
        attempts="i4",
        decline="i1",  # of the last failure
        first_failed_at="i8",  # -1: never
        next_attempt_day="i4",
        given_up="?",  # dunning is over
        credit_day="i4",  # a credit before payment is due then
        refund_day="i4",
        refund_minor="i8",  # to be refunded
        refunded_minor="i8",
        post_credited_minor="i8",  # by credit notes after payment
        dispute_day="i4",
        opening="?",  # finalised before the first simulated day
        updated_at="i8",
    )


def new_charges() -> Table:
    """One row an attempt to collect an invoice."""
    return Table(
        number="i8",
        invoice="i8",
        account="i8",
        currency="i1",
        at="i8",
        succeeded="?",
        decline="i1",
        amount_minor="i8",
        usd_minor="i8",  # at the market rate of its day; 0 if failed
        refunded_minor="i8",
        disputed="?",
        updated_at="i8",
    )


class Billing:
    """What billing remembers between days. Bounded: closed invoices go when nothing can happen to them."""

    def __init__(self) -> None:
        # One row a subscription, in the spine's order.
        self.cycles = Table(anchor_at="i8", count="i4", start_at="i8", end_at="i8", live="?")
        self.pending = Table(number="i8", **_LINE)
        self.invoices = new_invoices()
        self.lines = new_lines()
        self.charges = new_charges()
        self.disputes = Table(
            number="i8", charge="i8", account="i8", currency="i1", amount_minor="i8", usd_minor="i8",
            opened_at="i8", decided_day="i4", status="i1", updated_at="i8",
        )  # fmt: skip
        # Money to be recognised: USD of a line from its first day to the day before `end_day`.
        self.schedule = Table(product="i2", currency="i1", usd_minor="i8", start_day="i4", end_day="i4", from_day="i4")
        self.rate_ppm: Ints = np.zeros(0, dtype=np.int64)  # USD for a million units, a currency each; today's
        self.unsettled: dict[int, int] = {}  # USD net by the day when it is paid out
        # Of every item at the end of the last day: its product and unit price.
        self.products: Ints = np.zeros(0, dtype=np.int64)
        self.units: Ints = np.zeros(0, dtype=np.int64)
        self.failing: Ints = np.zeros(0, dtype=np.int64)  # subscriptions past due
        self._next: dict[str, int] = {}

    def numbers(self, kind: str, count: int) -> Ints:
        """The next `count` numbers of a kind of document, each given once."""
        start = self._next.get(kind, 1)
        self._next[kind] = start + count
        return np.arange(start, start + count, dtype=np.int64)


def rows_of(numbers: Ints, wanted: ArrayLike) -> Ints:
    """The rows at which ascending `numbers` hold the wanted ones (all of which are there)."""
    return np.searchsorted(numbers, np.asarray(wanted))
