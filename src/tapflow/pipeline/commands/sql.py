"""`tapflow sql`."""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

import click

from tapflow.core import units
from tapflow.core.clock import stopwatch
from tapflow.core.settings import read_settings
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.limits import engine_limits
from tapflow.pipeline.screen import Screen
from tapflow.quality.truth import truth_database
from tapflow.warehouse.reader import Answer, reading
from tapflow.warehouse.version import Versions

_NUMERIC = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "NUMBER")


@click.command("sql")
@click.argument("query")
@click.option("--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table", help="How to answer.")
@click.option("--truth", is_flag=True, help="Let the query read the ledger too, as truth.<table>.")
@click.option("--version", metavar="ID", help="Ask an older version (see `tapflow versions`).")
@home_option
def command(home: Home, query: str, shape: str, truth: bool, version: str | None) -> None:
    """Ask the published tables one question in SQL."""
    home.require_pin()
    limits = engine_limits(read_settings().worker_count)
    attached = {"truth": truth_database(home.root, limits)} if truth else {}
    with reading(Versions(home.warehouse), limits, version, attached) as reader:
        began = stopwatch()
        answer = reader.query(query)
        took = stopwatch() - began
    if shape == "table":
        _print_table(answer)
        rows = "row" if len(answer.rows) == 1 else "rows"
        Screen().say(f"{units.count(len(answer.rows))} {rows} in {units.duration(took)}", style="dim")
    elif shape == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(answer.columns)
        writer.writerows(answer.rows)
    else:
        click.echo(json.dumps([dict(zip(answer.columns, row)) for row in answer.rows], default=str, indent=1))


def _print_table(answer: Answer) -> None:
    numeric = [c for c, kind in zip(answer.columns, answer.types) if any(n in kind.upper() for n in _NUMERIC)]
    Screen().table(answer.columns, [[_shown(v) for v in row] for row in answer.rows], numeric)


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
