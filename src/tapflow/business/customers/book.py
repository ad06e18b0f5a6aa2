"""What one day's steps of the customers share: instants, hand-overs, and who was already touched today."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.columns import Table
from tapflow.business.company import Company
from tapflow.business.customers.state import Cause
from tapflow.business.day import Day
from tapflow.core.clock import SECONDS_PER_DAY

Rows = NDArray[np.int64]


class Customers:
    """The customers' own memory: expansions decided ahead, and deals won that have not started."""

    def __init__(self) -> None:
        # kind: 0 locations, 1 taps, 2 plan, 3 product; done: 1 once it happened or was dropped
        self.intents = Table(account="i8", kind="i1", decided_day="i4", due_day="i4", amount="i4", done="?")
        self.starts = Table(
            account="i8", start_day="i4", plan="i1", interval="i1", discount_bp="i4", locations="i4", done="?"
        )
        self.onboarding = Table(account="i8", step="i1", done="?")


def instants(day: Day, purpose: str, entity: ArrayLike, earliest_hour: float = 9, latest_hour: float = 23) -> Rows:
    """Epoch seconds within the day, by default in the hours when the Americas are awake (UTC)."""
    spread = day.chance.uniform(purpose, entity)
    seconds = (earliest_hour + spread * (latest_hour - earliest_hour)) * 3600
    return day.start_seconds + np.minimum(seconds.astype(np.int64), SECONDS_PER_DAY - 1)


def tell_events(day: Day, accounts: ArrayLike, at: ArrayLike, kind: str, cause: ArrayLike | None = None) -> None:
    """Write to the ledger what happened to customers; `cause` holds numbers of `Cause`."""
    rows = np.atleast_1d(np.asarray(accounts))
    words = np.array(["" if c == Cause.NONE else c.name.lower() for c in Cause], dtype=object)
    why = words[np.asarray(cause)] if cause is not None else np.full(len(rows), "", dtype=object)
    kinds = np.full(len(rows), kind, dtype=object)
    day.tell("customer_event", account=rows, at=np.asarray(at) * 1_000_000, kind=kinds, cause=why)


def untouched(company: Company, day: Day, rows: Rows) -> Rows:
    """Those of the accounts whose status did not change today: one change of status a day."""
    return rows[company.accounts.status_day[rows] < day.number]
