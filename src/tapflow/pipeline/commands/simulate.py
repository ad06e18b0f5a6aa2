"""`tapflow simulate`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from tapflow.core import units
from tapflow.core.settings import read_settings
from tapflow.pipeline.company_options import asked_of, company_options
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.opening import open_company
from tapflow.pipeline.runs import recorded
from tapflow.pipeline.screen import Screen
from tapflow.pipeline.simulate import digests
from tapflow.pipeline.steps import Steps


@click.command("simulate")
@company_options
@click.option("--digest", is_flag=True, help="Then print day, table, rows and SHA-256 of every file.")
@home_option
def command(
    home: Home,
    profile: str | None,
    scenario: Path | None,
    until: datetime | None,
    seed: int | None,
    workers: int | None,
    digest: bool,
) -> None:
    """Simulate the company and write what its systems saw."""
    screen = Screen()
    with home.locked(), recorded(home.runs, "simulate") as run:
        company = open_company(home, asked_of(profile, scenario, until, seed))
        with Steps(company, screen, run, workers or read_settings().worker_count) as steps:
            rows = steps.simulate(company.until)
    if digest:
        for day, table, count, sha in digests(home):
            click.echo(f"{day} {table} {count} {sha}")
    else:
        screen.say(f"{home.root} holds days to {home.last_day()}; {units.count(rows)} rows were written.")
