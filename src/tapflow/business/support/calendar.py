"""Business time: seconds counted only while support is open.

`elapsed` maps an instant to the business seconds since the epoch's first Monday; `instant`
maps back. Both are exact in whole seconds, so that SQL over the same calendar agrees.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.support.parameters import OpenHours
from tapflow.core.clock import SECONDS_PER_DAY

_FIRST_MONDAY = 4 * SECONDS_PER_DAY  # 1970-01-05
Ints = NDArray[np.int64]


class BusinessCalendar:
    """The week of the support desk."""

    def __init__(self, week: tuple[OpenHours, ...]) -> None:
        ordered = sorted(week, key=lambda hours: hours.weekday)
        self.opens = np.array([h.opens_second for h in ordered], dtype=np.int64)
        self.length = np.array([h.closes_second - h.opens_second for h in ordered], dtype=np.int64)
        self.before = np.concatenate([[0], np.cumsum(self.length)[:-1]])
        self.week_seconds = int(self.length.sum())

    def elapsed(self, at: ArrayLike) -> Ints:
        """Business seconds from the first Monday to the instants (epoch seconds)."""
        since = np.asarray(at, dtype=np.int64) - _FIRST_MONDAY
        days, second = np.divmod(since, SECONDS_PER_DAY)
        weeks, weekday = np.divmod(days, 7)
        today = np.clip(second - self.opens[weekday], 0, self.length[weekday])
        return np.asarray(weeks * self.week_seconds + self.before[weekday] + today)

    def instant(self, elapsed: ArrayLike) -> Ints:
        """The first instant (epoch seconds) at which so many business seconds have passed."""
        weeks, rest = np.divmod(np.asarray(elapsed, dtype=np.int64), self.week_seconds)
        # A rest of zero is the end of the week before: the moment the last second passed.
        weekday = np.clip(np.searchsorted(self.before + self.length, rest, side="left"), 0, 6)
        second = self.opens[weekday] + rest - self.before[weekday]
        found = _FIRST_MONDAY + (weeks * 7 + weekday) * SECONDS_PER_DAY + second
        return np.asarray(found, dtype=np.int64)
