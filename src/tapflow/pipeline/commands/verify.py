"""`tapflow verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import click

from tapflow.core import units
from tapflow.core.settings import read_settings
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.opening import opened
from tapflow.pipeline.runs import recorded
from tapflow.pipeline.screen import Screen, verdict
from tapflow.pipeline.steps import Steps
from tapflow.quality.verification import Verification, Wanted
from tapflow.quality.verify import Outcome, plain

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("verify")
@click.option("--figure", "figures", multiple=True, metavar="NAME", help="Only this figure; may be repeated.")
@click.option("--from", "begin", type=_DAY, metavar="DAY", help="From this day (YYYY-MM-DD).")
@click.option("--to", "end", type=_DAY, metavar="DAY", help="To this day, inclusive.")
@click.option("--by", metavar="DIM", help="By a dimension, such as plan or country.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON (docs/json/verify.schema.json).")
@home_option
def command(
    home: Home, figures: tuple[str, ...], begin: datetime | None, end: datetime | None, by: str | None, as_json: bool
) -> None:
    """Compare the published figures with the truth, by day and by month."""
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
    """The result as tables: a line per figure, and the identity resolutions below."""
    screen.table(
        ("", "figure", "unit", "periods", "differing", "worst gap", "explained"),
        _rows(result.outcomes),
        numeric=("periods", "differing", "worst gap", "explained"),
    )
    if result.matched:
        screen.line()
        rows = [
            (verdict(m.passed), m.matching.title, units.count(m.true), f"{m.precision:.4f}", f"{m.recall:.4f}")
            for m in result.matched
        ]
        screen.table(
            ("", "identities", "true pairs", "precision", "recall"), rows, ("true pairs", "precision", "recall")
        )


def _rows(outcomes: list[Outcome]) -> Iterator[tuple[object, ...]]:
    for name in dict.fromkeys(o.figure.name for o in outcomes):
        of_name = [o for o in outcomes if o.figure.name == name]
        worst = max((o.worst for o in of_name if o.worst), key=lambda g: g.size, default=None)
        word = "broken" if any(o.error for o in of_name) else "" if any(o.compared for o in of_name) else "empty"
        yield (
            verdict(all(o.passed for o in of_name), word),
            name,
            of_name[0].figure.unit,
            " + ".join(units.count(o.compared) for o in of_name),
            " + ".join(units.count(o.differing) for o in of_name),
            "" if worst is None else f"{plain(worst.published)} for {plain(worst.truth)}, {worst.period}",
            " + ".join(units.count(o.explained) for o in of_name) if any(o.explained for o in of_name) else "",
        )
