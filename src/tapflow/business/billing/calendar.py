"""Billing periods: whole months or years counted from an anchor, its day of month kept where it exists."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.customers.state import Interval
from tapflow.core.clock import SECONDS_PER_DAY

Ints = NDArray[np.int64]


def months_of(interval: ArrayLike) -> Ints:
    """Months of a billing interval."""
    return np.where(np.asarray(interval) == Interval.YEAR, 12, 1).astype(np.int64)


def add_months(day: ArrayLike, months: ArrayLike) -> Ints:
    """Day numbers `months` later: the same day of month, or the month's last if it is shorter."""
    days = np.asarray(day, dtype="datetime64[D]")
    month = days.astype("datetime64[M]")
    within = (days - month.astype("datetime64[D]")).astype(np.int64)
    there = month + np.asarray(months, dtype=np.int64).astype("timedelta64[M]")
    first = there.astype("datetime64[D]").astype(np.int64)
    length = (there + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - first
    return np.asarray(first + np.minimum(within, length - 1), dtype=np.int64)


def boundary(anchor_at: ArrayLike, months: ArrayLike, count: ArrayLike) -> Ints:
    """The instant at which period `count` after the anchor begins; epoch seconds."""
    anchor = np.asarray(anchor_at, dtype=np.int64)
    day, second = np.divmod(anchor, SECONDS_PER_DAY)
    return add_months(day, np.asarray(months) * np.asarray(count)) * SECONDS_PER_DAY + second


def periods_before(anchor_at: ArrayLike, months: ArrayLike, instant: int) -> Ints:
    """The greatest count whose period begins before `instant`, at least 0."""
    anchor, span = np.asarray(anchor_at, dtype=np.int64), np.asarray(months, dtype=np.int64)
    then = (anchor // SECONDS_PER_DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    now = np.datetime64(instant // SECONDS_PER_DAY, "D").astype("datetime64[M]").astype(np.int64)
    count = np.maximum((now - then) // span, 0)
    return np.where((boundary(anchor, span, count) >= instant) & (count > 0), count - 1, count)
