"""One more day in a warm worker: from the day's end to its figures verified and published."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.company import brought_up, one_more_day
from benchmarks.figure import Figure, within

LIMIT_SECONDS = 60.0


def measure(profile: str = "full") -> list[Figure]:
    """Bring a company up, take one day to warm up, and time the next."""
    with tempfile.TemporaryDirectory() as scratch, brought_up(Path(scratch), profile) as steps:
        one_more_day(steps)
        wall, cpu = one_more_day(steps)
    return [
        within(f"a day of profile {profile}", wall, "seconds", LIMIT_SECONDS),
        within("its processor time", cpu, "CPU-seconds", 2 * LIMIT_SECONDS),
    ]
