"""`tapflow status`."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from tapflow.core import units
from tapflow.pipeline.holdings import Holdings, holdings
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.screen import Screen


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON (docs/json/status.schema.json).")
@home_option
def command(home: Home, as_json: bool) -> None:
    """Show what this home holds."""
    found = holdings(home)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
        return
    Screen().table(("home", found.home), _rows(found))


def _rows(found: Holdings) -> list[tuple[str, str]]:
    sizes = ", ".join(f"{name} {units.size(size)}" for name, size in found.sizes.items() if size)
    rows = [
        ("company", f"{found.profile}, seed {found.seed}"),
        ("days", f"{units.count(found.days)}, from {found.first_day} to {found.newest_day or 'none yet'}"),
        ("published", found.published or "nothing yet (tapflow build)"),
        ("size", f"{units.size(sum(found.sizes.values()))}: {sizes}" if sizes else "nothing yet"),
    ]
    if found.last_run:
        run = found.last_run
        took = units.duration(float(run["seconds"]))
        rows.append(("last run", f"{run['command']}: {run['outcome']}, {took}, {run['began_at']}"))
    if found.locked_by:
        rows.append(("in use by", found.locked_by))
    return rows
