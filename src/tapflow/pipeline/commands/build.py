"""`tapflow build`."""

from __future__ import annotations

import click

from tapflow.core.settings import read_settings
from tapflow.pipeline.company_options import workers_option
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.opening import opened
from tapflow.pipeline.runs import recorded
from tapflow.pipeline.screen import Screen
from tapflow.pipeline.steps import Steps


@click.command("build")
@click.option("--select", multiple=True, metavar="…", help="Build and test only these (dbt's words); publish nothing.")
@click.option("--full-refresh", is_flag=True, help="Make the incremental models anew from what is retained.")
@workers_option
@home_option
def command(home: Home, select: tuple[str, ...], full_refresh: bool, workers: int | None) -> None:
    """Build the warehouse and publish a version."""
    with home.locked(), recorded(home.runs, "build") as run:
        with Steps(opened(home), Screen(), run, workers or read_settings().worker_count) as steps:
            steps.build(select, full_refresh)
