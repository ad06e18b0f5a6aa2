"""`tapflow up`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from tapflow.core.settings import read_settings
from tapflow.pipeline.company_options import asked_of, company_options
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.opening import open_company
from tapflow.pipeline.runs import recorded
from tapflow.pipeline.screen import Screen
from tapflow.pipeline.steps import Steps
from tapflow.pipeline.summary import show_summary
from tapflow.pipeline.up import bring_up


@click.command("up")
@company_options
@home_option
def command(
    home: Home,
    profile: str | None,
    scenario: Path | None,
    until: datetime | None,
    seed: int | None,
    workers: int | None,
) -> None:
    """Bring the company and its platform up to date: simulate, ingest, build, verify."""
    screen = Screen()
    with home.locked(), recorded(home.runs, "up") as run:
        company = open_company(home, asked_of(profile, scenario, until, seed))
        with Steps(company, screen, run, workers or read_settings().worker_count) as steps:
            brought = bring_up(steps)
        show_summary(screen, company, brought, run)
        brought.verification.require()
