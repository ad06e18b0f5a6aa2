"""`tapflow verify`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import click
from rich.text import Text

from tapflow.core import units
from tapflow.core.settings import read_settings
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.opening import opened
from tapflow.pipeline.runs import recorded
from tapflow.pipeline.screen import BAD, FAINT, Screen, verdict
from tapflow.pipeline.steps import Steps
from tapflow.quality.verification import Verification, Wanted
from tapflow.quality.verify import Gap, Outcome, plain

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("verify")
@click.option("--figure", "figures", multiple=True, metavar="NAME", help="Only this figure; may be repeated.")
@click.option("--from", "begin", type=_DAY, metavar="DAY", help="From this day (YYYY-MM-DD).")
@click.option("--to", "end", type=_DAY, metavar="DAY", help="To this day, inclusive.")
@click.option("--by", metavar="DIM", help="By this dimension only, by day too.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON (docs/json/verify.schema.json).")
@home_option
def command(
    home: Home, figures: tuple[str, ...], begin: datetime | None, end: datetime | None, by: str | None, as_json: bool
) -> None:
    """Compare the published figures with the truth, by day, by month, and by month in each dimension."""
    wanted = Wanted(figures, begin.date() if begin else None, end.date() if end else None, by)
    screen = Screen()
    with recorded(home.runs, "verify") as run:
        with Steps(opened(home), screen, run, read_settings().worker_count) as steps:
            result = steps.verify(wanted)
        if as_json:
            click.echo(json.dumps(result.document(), indent=2))
        else:
            show(screen, result)
        result.require()


def show(screen: Screen, result: Verification) -> None:
    """The result as tables: a line per figure, what was compared in all, and the identity resolutions."""
    screen.table(
        ("", "figure", "unit", "periods", "differing", "worst gap", "explained", "by"),
        (_row(outcomes) for outcomes in result.figures.values()),
        numeric=("periods", "differing", "worst gap", "explained"),
    )
    screen.line()
    told = len(result.figures) - len(result.empty)
    screen.line(f"{len(result.agreeing)} of {told} figures agree with the truth")
    if result.empty:
        screen.line(f"{len(result.empty)} figures have nothing to compare: {', '.join(result.empty)}")
    if result.matched:
        screen.line()
        rows = [
            (verdict(m.passed), m.matching.title, units.count(m.true), f"{m.precision:.4f}", f"{m.recall:.4f}")
            for m in result.matched
        ]
        screen.table(
            ("", "identities", "true pairs", "precision", "recall"), rows, ("true pairs", "precision", "recall")
        )


def _row(outcomes: Sequence[Outcome]) -> tuple[object, ...]:
    # By day and by month as a whole; what dimensions find is in the last column, and their worst gap with the others.
    whole = [o for o in outcomes if o.dimension is None] or outcomes
    worst = max((o.worst for o in outcomes if o.worst), key=lambda g: g.size, default=None)
    return (
        _verdict(outcomes),
        outcomes[0].figure.name,
        outcomes[0].figure.unit,
        " + ".join(units.count(o.compared) for o in whole),
        " + ".join(units.count(o.differing) for o in whole),
        "" if worst is None else _gap(worst),
        " + ".join(units.count(o.explained) for o in whole) if any(o.explained for o in whole) else "",
        _dimensions(outcomes),
    )


def _verdict(outcomes: Sequence[Outcome]) -> Text:
    if all(o.empty for o in outcomes):
        return Text("- nothing to compare", style=FAINT)
    return verdict(all(o.passed for o in outcomes), "broken" if any(o.error for o in outcomes) else "")


def _gap(gap: Gap) -> str:
    where = f" of {gap.dim}" if gap.dim != "all" else ""
    return f"{plain(gap.published)} for {plain(gap.truth)}{where}, {gap.period}"


def _dimensions(outcomes: Sequence[Outcome]) -> Text:
    """The dimensions that agree, and those that do not."""
    found: dict[str, bool] = {}
    for outcome in outcomes:
        if outcome.dimension and not outcome.empty:
            found[outcome.dimension] = found.get(outcome.dimension, True) and outcome.passed
    agreeing = ", ".join(name for name, good in found.items() if good)
    wrong = ", ".join(name for name, good in found.items() if not good)
    return Text(agreeing).append(f"{' ' if agreeing else ''}✗ {wrong}" if wrong else "", BAD)
