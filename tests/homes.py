"""Homes for tests: a small company simulated, ingested, built and published."""

from __future__ import annotations

import fcntl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from tapflow.ingest import ingest_days
from tapflow.lake import Lake
from tapflow.pipeline.home import Home
from tapflow.pipeline.opening import Asked, open_company
from tapflow.pipeline.simulate import simulate
from tapflow.quality.truth import truth_database
from tapflow.warehouse.builder import Warehouse
from tapflow.warehouse.engine import Limits
from tapflow.warehouse.raw import Clock
from tapflow.warehouse.version import Versions

LIMITS = Limits(memory_mb=1024, threads=2)
UNTIL = date(2026, 3, 31)
DAYS = 75  # three month ends, and a first month that is not whole


@dataclass(frozen=True)
class BuiltHome:
    """A home whose history is published. Tests read it; whoever must change one makes their own."""

    root: Path

    @property
    def home(self) -> Home:
        """Its paths."""
        return Home(self.root)

    @property
    def versions(self) -> Versions:
        """Its published versions."""
        return Versions(self.root / "warehouse")

    @property
    def clock(self) -> Clock:
        """Its days."""
        last = self.home.last_day()
        assert last is not None
        return Clock(self.home.require_pin().first_date, last)

    def warehouse(self) -> Warehouse:
        """Its warehouse, to build again."""
        return Warehouse(self.root, LIMITS)


def simulated_home(root: Path, until: date = UNTIL, days: int = DAYS, sections: Mapping[str, object] = {}) -> Home:
    """A home with simulated days of a tiny company; `sections` override its scenario."""
    scenario = root.with_suffix(".yml")
    scenario.parent.mkdir(parents=True, exist_ok=True)
    scenario.write_text(yaml.safe_dump({"size": {"days": days}, **sections}))
    home = Home(root)
    company = open_company(home, Asked("tiny", 1, scenario, until))
    simulate(home, company.until)
    return home


def built_home(root: Path, until: date = UNTIL, days: int = DAYS, sections: Mapping[str, object] = {}) -> BuiltHome:
    """A tiny company's home, built once for all tests of a run, also when several processes share it."""
    with (root.parent / f"{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = BuiltHome(root)
        if made.versions.current_id() is None:
            simulated_home(root, until, days, sections)
            with Lake(root) as lake:
                ingest_days(root, lake)
                made.warehouse().build(lake, made.clock)
            # Gathered whole: whoever reads it then only reads, and nobody waits for a lock.
            truth_database(root, LIMITS)
        return made
