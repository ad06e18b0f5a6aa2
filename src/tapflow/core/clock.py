"""The two clocks, never confused.

*Simulated* time is counted in days since 1970-01-01 UTC (`DayNumber`) and seconds since
the same instant; it is handed from caller to callee and read nowhere else. *Real* time is
read here alone and appears only in run records.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

DayNumber = int
SECONDS_PER_DAY = 86_400
_EPOCH = date(1970, 1, 1)


def real_now() -> datetime:
    """The wall clock, in UTC. For run records only."""
    return datetime.now(UTC)


def real_today() -> date:
    """Today by the wall clock, in UTC: the default end of a simulation is the day before."""
    return real_now().date()


def stopwatch() -> float:
    """Monotonic seconds, for measuring how long something took."""
    return time.perf_counter()


def day_number(day: date) -> DayNumber:
    """Days from 1970-01-01 to `day`."""
    return (day - _EPOCH).days


def day_date(number: DayNumber) -> date:
    """The calendar date of a day number."""
    return _EPOCH + timedelta(days=int(number))


def day_start_seconds(number: DayNumber) -> int:
    """Epoch seconds of the day's first instant, UTC."""
    return int(number) * SECONDS_PER_DAY


def load_instant(number: DayNumber) -> datetime:
    """When the day's logs are loaded by an undisturbed pipeline: the next midnight, UTC."""
    return datetime.fromtimestamp(day_start_seconds(number + 1), UTC)
