"""What the warehouse needs of a home: its lake, its span of days, and someone who watches."""

from __future__ import annotations

from tapflow.core.errors import AskedWrongly
from tapflow.core.settings import read_settings
from tapflow.lake import Lake
from tapflow.pipeline.home import Home
from tapflow.pipeline.screen import Advance
from tapflow.warehouse.progress import Progress
from tapflow.warehouse.raw import Clock


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
