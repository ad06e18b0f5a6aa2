"""The warehouse of a home, opened with this installation's limits."""

from __future__ import annotations

import os

from tapflow.core.errors import AskedWrongly
from tapflow.core.settings import Settings, read_settings
from tapflow.lake import Lake
from tapflow.pipeline.home import Home
from tapflow.pipeline.screen import Advance
from tapflow.warehouse.engine import Limits
from tapflow.warehouse.raw import Clock
from tapflow.warehouse.runner import Progress

_LEAST_MB, _MOST_MB = 512, 6144


def limits_of(settings: Settings) -> Limits:
    """Memory and threads of the warehouse's engine: what is set, or half of the free memory within bounds."""
    return Limits(settings.memory_mb or _half_of_the_free_mb(), settings.worker_count)


def _half_of_the_free_mb() -> int:
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        # Not every system tells; half of the whole is then halved again.
        free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return max(_LEAST_MB, min(_MOST_MB, free // 2 // 1_000_000))


def open_lake(home: Home) -> Lake:
    """The home's lake, at the catalog that the settings name."""
    return Lake(home.root, read_settings().catalog or None)


def clock_of(home: Home) -> Clock:
    """The span of days that the warehouse shows. Raises AskedWrongly when nothing has been simulated."""
    pin, last = home.require_pin(), home.last_day()
    if last is None:
        raise AskedWrongly(f"{home.root} holds no day yet.", "Begin with: tapflow up")
    return Clock(pin.first_date, last)


def following(bar: Advance) -> Progress:
    """Progress of the warehouse, shown on a bar."""
    before = 0

    def follow(done: int, total: int, name: str) -> None:
        nonlocal before
        bar.expect(total)
        bar.advance(done - before)
        bar.remark(name)
        before = done

    return follow
