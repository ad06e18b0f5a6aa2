"""What phones could not send: days whose events reach the trackers on a later one (mess).

Who used nothing but the mobile app on a day may have had no network: the app keeps the day's
events, with the time at which they happened, and sends them together when it has one again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Columns, Day
from tapflow.business.mess import tell_mess
from tapflow.business.product.state import Product

Rows = NDArray[np.int64]


def arrivals(company: Company, day: Day, people: Rows, phone_only: NDArray[np.bool_]) -> Rows:
    """The number of the day on which the trackers get each person's events of today."""
    tracking = company.scenario.product.tracking
    late = phone_only & day.chance.happens("product/late", people, tracking.late_share)
    days = day.chance.integers("product/late_days", people, 1, tracking.late_days_most + 1)
    return day.number + np.where(late, days, 0)


def deliver(company: Company, day: Day, events: Columns) -> None:
    """Emit what arrives late today as `late_app_event`, and keep what of today's events arrives later."""
    memory = company.part(Product)
    if memory.held:
        due = memory.held["arrives"] == day.number
        day.emit("late_app_event", **{name: values[due] for name, values in memory.held.items()})
        memory.held = {name: values[~due] for name, values in memory.held.items()}
    waits = (events["arrives"] > day.number) & events["tracked"]
    new = {name: values[waits] for name, values in events.items()}
    memory.held = {n: np.concatenate([memory.held[n], v]) for n, v in new.items()} if memory.held else new
    _tell(company, day, new["user"])


def _tell(company: Company, day: Day, users: Rows) -> None:
    # A case is a person's day; its size is the number of events.
    people, events = np.unique(users, return_counts=True)
    keys = people.astype(str).astype(object)
    tell_mess(day, "late_product_events", "posthog", keys, company.users.account[people], events)
