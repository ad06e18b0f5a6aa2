"""Bringing a company up to date, end to end: simulate, ingest, build, verify."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

from tapflow.pipeline.steps import Steps
from tapflow.quality.verification import Verification, Wanted
from tapflow.warehouse.version import Version

# Days that are simulated before they are loaded. Where raw events expire, a slice bounds how many lie on
# the disk at once. Elsewhere a slice is loaded beside the next one's simulation, which leaves the processor
# room: each slice is a commit more of every table, the last one alone is waited for.
_SLICE_DAYS = 150
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
    if retention is None:
        _load_beside(steps)
    else:
        *before, last = slices(steps.company.next_day(), steps.company.until, _EXPIRING_SLICE_DAYS)
        for until in before:
            steps.simulate(until)
            steps.ingest()
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


def _load_beside(steps: Steps) -> None:
    """Simulate slice after slice, each loaded while the next one is simulated. What fails ends both."""
    with ThreadPoolExecutor(1, "tapflow-load") as pool:
        loading: Future[object] | None = None
        if steps.company.next_day() <= steps.company.until:
            # Whatever is wrong with the project is told when it is built.
            pool.submit(steps.prepare)

        def look() -> None:
            # Not only at the slice's end: what cannot be loaded need not be simulated for.
            if loading is not None and loading.done():
                loading.result()

        for until in slices(steps.company.next_day(), steps.company.until, _SLICE_DAYS):
            steps.simulate(until, look)
            if loading is not None:
                loading.result()
            loading = pool.submit(steps.ingest)
        assert loading is not None, "there is always a last slice"
        loading.result()


def slices(begin: date, until: date, days: int) -> Iterator[date]:
    """The last day of each slice from `begin` to `until`; `until` once when nothing is missing."""
    while begin + timedelta(days=days) <= until:
        begin += timedelta(days=days)
        yield begin - timedelta(days=1)
    yield until
