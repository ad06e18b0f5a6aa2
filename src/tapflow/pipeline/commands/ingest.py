"""`tapflow ingest`."""

from __future__ import annotations

import click

from tapflow.core.settings import read_settings
from tapflow.ingest import TableReport
from tapflow.pipeline.company_options import workers_option
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.opening import opened
from tapflow.pipeline.runs import recorded
from tapflow.pipeline.screen import Screen
from tapflow.pipeline.steps import Steps


@click.command("ingest")
@click.argument("sources", nargs=-1, metavar="[SOURCE]…")
@workers_option
@home_option
def command(home: Home, sources: tuple[str, ...], workers: int | None) -> None:
    """Load the systems' logs into the lake."""
    with home.locked(), recorded(home.runs, "ingest") as run:
        with Steps(opened(home), Screen(), run, workers or read_settings().worker_count) as steps:
            report = steps.ingest(sources or None)
    screen = Screen()
    screen.table(
        ("table", "rows", "in quarantine", "files", "note"),
        ((t.table, f"{t.rows:,}", f"{t.quarantined:,}", f"{t.files:,}", _note(t)) for t in report.tables.values()),
        numeric=("rows", "in quarantine", "files"),
    )
    if not report.tables:
        screen.say("Everything that the sources closed is loaded already.")


def _note(table: TableReport) -> str:
    told = [
        (len(table.replaced_days), "days replaced"),
        (len(table.withdrawn_days), "days withdrawn"),
        (len(table.missing_days), "days missing"),
        (len(table.held_days), "days not delivered yet"),
    ]
    return ", ".join([f"{n} {words}" for n, words in told if n] + list(table.schema_changes))
