"""Revenue recognition: each line straight-line by day over its service period, rounded cumulatively."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.state import Billing
from tapflow.business.columns import Table
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.core.money import divide_half_even

Ints = NDArray[np.int64]


def recognised_through(schedule: Table, day: int) -> Ints:
    """USD of each line recognised from its first day to the end of `day`; nothing before it is billed."""
    days = (schedule.end_day - schedule.start_day).astype(np.int64)
    passed = np.clip(day + 1 - schedule.start_day, 0, days).astype(np.int64)
    return np.where(day < schedule.from_day, 0, divide_half_even(schedule.usd_minor * passed, np.maximum(days, 1)))


def recognise(company: Company, day: Day) -> None:
    """Emit today's `recognised` revenue and the day's `deferred`, by product and currency; drop finished lines."""
    billing = company.part(Billing)
    schedule = billing.schedule
    through, before = recognised_through(schedule, day.number), recognised_through(schedule, day.number - 1)
    products = len(company.scenario.plans.products)
    key = schedule.currency.astype(np.int64) * products + schedule.product
    today, left = _sum(key, through - before), _sum(key, schedule.usd_minor - through)
    groups = np.flatnonzero(_sum(key, np.ones(len(key), dtype=np.int64)))
    day.emit(
        "recognised",
        product=groups % products,
        currency=groups // products,
        usd_minor=today[groups],
        deferred_usd_minor=left[groups],
    )
    done = (schedule.end_day <= day.number + 1) & (schedule.from_day <= day.number)
    schedule.keep(~done)


def _sum(key: Ints, values: Ints) -> Ints:
    total = np.zeros(int(key.max()) + 1 if len(key) else 0, dtype=np.int64)
    np.add.at(total, key, values)
    return total
