"""Bringing a company up to date, end to end: simulate, ingest, build, verify."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tapflow.pipeline.steps import Steps
from tapflow.quality.verification import Verification, Wanted
from tapflow.warehouse.version import Version

# Days that are simulated before they are loaded. Where raw events expire, a slice bounds how
# many lie on the disk at once; elsewhere fewer commits are better.
_SLICE_DAYS = 270
_EXPIRING_SLICE_DAYS = 45


@dataclass(frozen=True)
class Brought:
    """What bringing up came to: the version that is served, and its verification."""

    version: Version
    verification: Verification


def bring_up(steps: Steps, verify_from: date | None = None) -> Brought:
    """Take the company of `steps` to its last day. What is done already is not done again.

    `verify_from`: the first day whose figures are verified; None: of the whole history.
    """
    retention = steps.company.scenario.size.raw_retention_days
    for until in slices(steps.company.next_day(), steps.company.until, _slice_days(retention)):
        steps.simulate(until)
        steps.ingest()
        if retention is not None:
            steps.let_go(retention)
    version = steps.published() or steps.build().version
    assert version is not None, "a whole build publishes"
    return Brought(version, steps.verify(Wanted(begin=verify_from)))


def _slice_days(retention: int | None) -> int:
    return _SLICE_DAYS if retention is None else _EXPIRING_SLICE_DAYS


def slices(begin: date, until: date, days: int) -> Iterator[date]:
    """The last day of each slice from `begin` to `until`; `until` once when nothing is missing."""
    while begin + timedelta(days=days) <= until:
        begin += timedelta(days=days)
        yield begin - timedelta(days=1)
    yield until
