"""`tapflow sql`."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from tapflow.access.decision import Decision
from tapflow.access.gate import Gate
from tapflow.access.policy import Scope
from tapflow.core import units
from tapflow.core.clock import stopwatch
from tapflow.core.settings import read_settings
from tapflow.pipeline.access_here import AccessHere, catalogue_of
from tapflow.pipeline.as_person import as_option
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.limits import engine_limits
from tapflow.pipeline.screen import Screen
from tapflow.quality.truth import truth_database
from tapflow.warehouse.engine import Limits
from tapflow.warehouse.reader import Answer, reading
from tapflow.warehouse.version import Versions

_NUMERIC = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "NUMBER")


@click.command("sql")
@click.argument("query")
@click.option("--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table", help="How to answer.")
@click.option("--truth", is_flag=True, help="Let the query read the ledger too, as truth.<table>: engineers and owner.")
@click.option("--version", metavar="ID", help="Ask an older version (see `tapflow versions`).")
@as_option
@home_option
def command(home: Home, query: str, shape: str, truth: bool, version: str | None, person: str | None) -> None:
    """Ask the published tables one question in SQL."""
    home.require_pin()
    here, versions = AccessHere(home), Versions(home.warehouse)
    chosen = versions.current() if version is None else versions.read(version)
    asker = here.asker(here.identity(person), catalogue_of(chosen, truth))
    limits = engine_limits(read_settings().worker_count)
    if not asker.decision.is_owner:
        limits = replace(limits, memory_mb=min(limits.memory_mb, asker.decision.limits.memory_mb))
    attached = {"truth": _ledger(asker.decision, home, limits)} if truth else {}
    with reading(versions, limits, chosen.id, attached, [home.truth] if truth else []) as reader:
        began = stopwatch()
        answer = Gate(reader, here.log).sql(asker, query)
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


def _ledger(decision: Decision, home: Home, limits: Limits) -> Path:
    decision.may(Scope.TRUTH).require()
    return truth_database(home.root, limits)


def _print_table(answer: Answer) -> None:
    numeric = [c for c, kind in zip(answer.columns, answer.types) if any(n in kind.upper() for n in _NUMERIC)]
    Screen().table(answer.columns, [[_shown(v) for v in row] for row in answer.rows], numeric)


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
