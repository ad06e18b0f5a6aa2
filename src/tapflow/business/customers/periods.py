"""Billing periods: when a subscription renews."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.customers.state import Interval
from tapflow.core.clock import DayNumber

Days = NDArray[np.int64]


def add_months(days: ArrayLike, months: ArrayLike, anchor_days: ArrayLike) -> Days:
    """Day numbers `months` later, on the anchor's day of the month or the month's last day."""
    start = np.asarray(days, dtype="M8[D]")
    anchor = np.asarray(anchor_days, dtype="M8[D]")
    day_of_month = (anchor - anchor.astype("M8[M]").astype("M8[D]")).astype(np.int64)
    month = start.astype("M8[M]") + np.asarray(months).astype("m8[M]")
    length = ((month + 1).astype("M8[D]") - month.astype("M8[D]")).astype(np.int64)
    return month.astype("M8[D]").astype(np.int64) + np.minimum(day_of_month, length - 1)


def period_start(anchor_days: ArrayLike, interval: ArrayLike, day: DayNumber) -> Days:
    """First day of the billing period that holds `day`, by the anchor's day of the month."""
    anchor = np.atleast_1d(np.asarray(anchor_days, dtype=np.int64))
    months = np.where(np.asarray(interval) == Interval.YEAR, 12, 1)
    passed = np.full(len(anchor), day).astype("M8[D]").astype("M8[M]") - anchor.astype("M8[D]").astype("M8[M]")
    count = passed.astype(np.int64) // months
    found = add_months(anchor, count * months, anchor)
    return np.where(found > day, add_months(anchor, (count - 1) * months, anchor), found)


def next_period_start(anchor_days: ArrayLike, interval: ArrayLike, day: DayNumber) -> Days:
    """First day of the billing period after the one that holds `day`."""
    months = np.where(np.asarray(interval) == Interval.YEAR, 12, 1)
    return add_months(period_start(anchor_days, interval, day), months, anchor_days)


def renews_on(anchor_days: ArrayLike, interval: ArrayLike, day: DayNumber) -> NDArray[np.bool_]:
    """Whether a period begins on `day` (not the first one)."""
    anchor = np.atleast_1d(np.asarray(anchor_days, dtype=np.int64))
    return np.asarray((anchor < day) & (period_start(anchor, interval, day) == day))
