"""`tapflow day`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import click

from tapflow.core.errors import AskedWrongly
from tapflow.core.settings import read_settings
from tapflow.pipeline.company_options import DAY, workers_option
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.opening import opened
from tapflow.pipeline.runs import recorded
from tapflow.pipeline.screen import Screen
from tapflow.pipeline.simulate import redo as redo_day
from tapflow.pipeline.steps import Steps
from tapflow.pipeline.summary import show_summary
from tapflow.pipeline.up import bring_up, verified_from


@click.command("day")
@click.argument("number", type=click.IntRange(min=1), required=False, metavar="[N]")
@click.option("--redo", type=DAY, metavar="DATE", help="Do this simulated day again instead.")
@workers_option
@home_option
def command(home: Home, number: int | None, redo: datetime | None, workers: int | None) -> None:
    """Take the next N days end to end, or do one again.

    New days are verified with the two months before them; `tapflow verify` looks at the whole history.
    """
    if number is not None and redo is not None:
        raise AskedWrongly("A number of new days and a day to redo were both given.", "Give one of them.")
    screen, threads = Screen(), workers or read_settings().worker_count
    with home.locked(), recorded(home.runs, "day") as run:
        company = opened(home)
        if redo is not None:
            redo_day(home, redo.date(), threads)
            verify_from = None
        else:
            verify_from = verified_from(company.next_day())
            company = replace(company, until=company.next_day() + timedelta(days=(number or 1) - 1))
        with Steps(company, screen, run, threads) as steps:
            brought = bring_up(steps, verify_from)
        show_summary(screen, company, brought, run)
        brought.verification.require()
