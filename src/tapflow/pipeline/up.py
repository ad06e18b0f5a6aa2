"""Bringing a company up to date, end to end: simulate, ingest, build, verify."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tapflow.pipeline.steps import Steps
from tapflow.quality.verification import Verification, Wanted
from tapflow.warehouse.version import Version

# Days that are simulated before they are loaded. Where raw events expire, a slice bounds how many lie on
# the disk at once; elsewhere fewer commits are better. Loading beside the simulation was slower than one after
# the other: both step in this process' interpreter, and the simulator's two processes fill two cores.
_SLICE_DAYS = 270
_EXPIRING_SLICE_DAYS = 45
# What comes late belongs to the newest weeks, and the screen compares thirty days with the thirty before them.
_VERIFIED_DAYS_BEFORE = 62


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
    days = _SLICE_DAYS if retention is None else _EXPIRING_SLICE_DAYS
    *before, last = slices(steps.company.next_day(), steps.company.until, days)
    for until in before:
        steps.simulate(until)
        steps.ingest()
        if retention is not None:
            steps.let_go(retention)
    steps.simulate(last)
    steps.ingest()
    version = steps.published() or steps.build().version
    assert version is not None, "a whole build publishes"
    if retention is not None:
        steps.let_go(retention, built=version)
    return Brought(version, steps.verify(Wanted(begin=verify_from)))


def verified_from(first_new: date) -> date:
    """The first day to verify when days from `first_new` on are new: whole months, and about two of them before."""
    return (first_new - timedelta(days=_VERIFIED_DAYS_BEFORE)).replace(day=1)


def slices(begin: date, until: date, days: int) -> Iterator[date]:
    """The last day of each slice from `begin` to `until`; `until` once when nothing is missing."""
    while begin + timedelta(days=days) <= until:
        begin += timedelta(days=days)
        yield begin - timedelta(days=1)
    yield until
