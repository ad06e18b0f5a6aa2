"""A company brought up in this process, so that a later day finds everything warm."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tapflow.pipeline.home import Home
from tapflow.pipeline.opening import Asked, Opened, open_company
from tapflow.pipeline.runs import recorded
from tapflow.pipeline.screen import Screen
from tapflow.pipeline.steps import Steps
from tapflow.pipeline.up import bring_up, verified_from

WORKERS = 2


@contextmanager
def brought_up(root: Path, profile: str, days: int | None = None) -> Iterator[Steps]:
    """Steps over a company whose history (or its first `days`) is built, in one process."""
    home = Home(root)
    company = open_company(home, Asked(profile=profile))
    if days is not None:
        company = replace(company, until=company.pin.first_date + timedelta(days=days - 1))
    with recorded(home.runs, "bench") as run, Steps(company, Screen(plain=True), run, WORKERS) as steps:
        bring_up(steps)
        yield steps


def one_more_day(steps: Steps) -> tuple[float, float]:
    """Take the next day end to end, verified and published, as `tapflow day` does. Answers wall and CPU-seconds."""
    company: Opened = steps.company
    steps.company = replace(company, until=company.next_day())
    wall, cpu = time.monotonic(), time.process_time()
    brought = bring_up(steps, verified_from(company.next_day()))
    brought.verification.require()
    return time.monotonic() - wall, time.process_time() - cpu


def days_on(steps: Steps, until: int) -> None:
    """Go on to the `until`th day of the history at once."""
    company = steps.company
    steps.company = replace(company, until=company.pin.first_date + timedelta(days=until - 1))
    bring_up(steps)
