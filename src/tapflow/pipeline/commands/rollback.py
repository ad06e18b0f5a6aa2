"""`tapflow rollback`."""

from __future__ import annotations

import click

from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.runs import recorded
from tapflow.pipeline.screen import Screen
from tapflow.warehouse.version import Versions


@click.command("rollback")
@click.argument("version", required=False)
@home_option
def command(home: Home, version: str | None) -> None:
    """Serve an older published version again."""
    home.require_pin()
    with home.locked(), recorded(home.runs, "rollback"):
        served = Versions(home.warehouse).rollback(version)
    Screen().line(f"{served.id} is served: days through {served.data_through_day}, built at {served.built_at}.")
