"""`tapflow doctor`."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from tapflow.core.errors import SurroundingsFailed
from tapflow.core.settings import read_settings
from tapflow.pipeline.diagnosis import examine
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.screen import Screen, verdict


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON (docs/json/doctor.schema.json).")
@home_option
def command(home: Home, as_json: bool) -> None:
    """Check that this machine can run TapFlow."""
    checks = list(examine(home, read_settings()))
    if as_json:
        click.echo(json.dumps({"good": all(c.good for c in checks), "checks": [asdict(c) for c in checks]}, indent=2))
    else:
        screen = Screen()
        rows = [(verdict(c.good), c.name, c.detail, c.next_step) for c in checks]
        screen.table(("", "check", "found", "what to do"), rows)
    bad = [c for c in checks if not c.good]
    if bad:
        raise SurroundingsFailed(f"{len(bad)} of {len(checks)} checks failed: {', '.join(c.name for c in bad)}.",
                                 bad[0].next_step)  # fmt: skip
