"""`tapflow versions`."""

from __future__ import annotations

import click
from rich.text import Text

from tapflow.core import units
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.screen import GOOD, Screen
from tapflow.warehouse.version import Version, Versions


@click.command("versions")
@home_option
def command(home: Home) -> None:
    """List the published versions."""
    home.require_pin()
    versions = Versions(home.warehouse)
    current, screen = versions.current_id(), Screen()
    found = [versions.read(v) for v in versions.ids()]
    if not found:
        screen.say("Nothing has been published yet; tapflow build does it.")
        return
    screen.table(
        ("version", "built at", "days through", "tables", "rows", ""),
        (
            (
                v.id, v.built_at, v.data_through_day, len(v.tables), units.count(_rows(v)),
                Text("serving", style=GOOD) if v.id == current else "",
            )
            for v in found
        ),
        numeric=("tables", "rows"),
    )  # fmt: skip


def _rows(version: Version) -> int:
    return sum(table.rows for table in version.tables.values())
