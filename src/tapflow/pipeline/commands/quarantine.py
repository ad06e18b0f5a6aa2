"""`tapflow quarantine`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from tapflow.core import units
from tapflow.core.settings import read_settings
from tapflow.ingest import quarantined
from tapflow.lake import Lake
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.screen import Screen


@click.group("quarantine")
def command() -> None:
    """Look at what was refused and kept."""


@command.command("list")
@click.argument("source", required=False)
@click.option("--records", is_flag=True, help="Show each record instead of counts.")
@home_option
def listing(home: Home, source: str | None, records: bool) -> None:
    """List what was refused, by source, object and reason."""
    home.require_pin()
    with Lake(home.root, read_settings().catalog or None) as lake:
        rows = quarantined(lake, source)
    screen = Screen()
    if not rows:
        screen.say("Nothing is in quarantine.")
    elif records:
        columns = ("day", "source_file", "reason", "field", "record")
        screen.table(columns, ([row[c] for c in columns] for row in rows))
    else:
        counts = ("system", "object", "reason", "field", "records", "first day", "last day")
        screen.table(counts, _counted(rows), numeric=("records",))


def _counted(rows: Sequence[Mapping[str, Any]]) -> list[tuple[object, ...]]:
    groups: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        key = (row["system"], row["object"], row["reason"], row["field"] or "")
        groups.setdefault(key, []).append(row)
    return [
        (*key, units.count(sum(r["rows"] for r in of)), min(r["day"] for r in of), max(r["day"] for r in of))
        for key, of in sorted(groups.items())
    ]
