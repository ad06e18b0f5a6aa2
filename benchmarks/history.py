"""Does a day's cost grow with history? A late day against an early one, per active device and customer."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.company import brought_up, days_on, one_more_day
from benchmarks.figure import Figure
from tapflow.business.customers.state import AccountStatus
from tapflow.core.clock import day_number
from tapflow.pipeline.simulate import company_at
from tapflow.pipeline.steps import Steps

EARLY, LATE, TIMES, MOST = 30, 500, 3, 1.2


def measure(profile: str = "demo") -> list[Figure]:
    """CPU-seconds of days 30 and 500 (the median of three each), per active device and customer."""
    with tempfile.TemporaryDirectory() as scratch, brought_up(Path(scratch), profile, EARLY - 1) as steps:
        early = _cost(steps)
        days_on(steps, LATE - 1)
        late = _cost(steps)
    return [Figure("day 500 against day 30, each per active house", late / early, "times", MOST * early / late, 1.0,
                   f"limit {MOST} times")]  # fmt: skip


def _cost(steps: Steps) -> float:
    one_more_day(steps)  # the first day after a long run is its warm-up
    seconds = [one_more_day(steps)[1] for _ in range(TIMES)]
    return float(np.median(seconds)) / _active(steps)


def _active(steps: Steps) -> int:
    home = steps.company.home
    last = home.last_day()
    assert last is not None
    book = company_at(home, day_number(last)).accounts
    paying = np.isin(book.status, (AccountStatus.ACTIVE, AccountStatus.TRIAL))
    return int(paying.sum())
