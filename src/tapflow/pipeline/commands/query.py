"""`tapflow query`."""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime

import click

from tapflow.access.policy import OWNER
from tapflow.core.errors import AskedWrongly
from tapflow.core.settings import read_settings
from tapflow.metrics.ask import ask
from tapflow.metrics.periods import GRAINS
from tapflow.metrics.question import Filter, Question
from tapflow.pipeline.access_here import AccessHere
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.limits import engine_limits
from tapflow.pipeline.screen import Screen

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("query")
@click.argument("metrics", nargs=-1, required=True)
@click.option("--by", multiple=True, metavar="DIM", help="Divide by this dimension; may be repeated.")
@click.option("--grain", type=click.Choice(GRAINS), help="Divide by this period.")
@click.option("--last", metavar="RANGE", help="The running period and those before it: 12m, 90d, 4q.")
@click.option("--from", "begin", type=_DAY, metavar="DAY", help="From this day (YYYY-MM-DD).")
@click.option("--to", "end", type=_DAY, metavar="DAY", help="To this day, inclusive.")
@click.option("--where", multiple=True, metavar="DIM=VALUE", help="Only these rows: dim=value or dim!=value.")
@click.option("--compare", type=click.Choice(["previous", "yoy"]), help="With the period, or the year, before.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many rows.")
@click.option("--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table", help="How to answer.")
@click.option("--sql", "show_sql", is_flag=True, help="Show the SQL in place of the answer's rows.")
@home_option
def command(
    home: Home,
    metrics: tuple[str, ...],
    by: tuple[str, ...],
    grain: str | None,
    last: str | None,
    begin: datetime | None,
    end: datetime | None,
    where: tuple[str, ...],
    compare: str | None,
    limit: int | None,
    shape: str,
    show_sql: bool,
) -> None:
    """Ask metrics by dimensions and period."""
    home.require_pin()
    question = Question.model_validate(
        {
            "metrics": metrics,
            "by": by,
            "grain": grain,
            "last": last,
            "begin": begin.date() if begin else None,
            "end": end.date() if end else None,
            "where": tuple(_filter(w) for w in where),
            "compare": compare,
            "limit": limit,
        }
    )
    _only_owner(home)
    answer = ask(home.root, question, engine_limits(read_settings().worker_count))
    if show_sql:
        click.echo(answer.sql)
    elif shape == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows(answer.rows)
    elif shape == "json":
        click.echo(json.dumps([dict(zip(answer.columns, row)) for row in answer.rows], default=str, indent=1))
    else:
        numeric = [c for c in answer.columns if c != "period" and c not in by]
        Screen().table(answer.columns, [[_shown(v) for v in row] for row in answer.rows], numeric)


def _only_owner(home: Home) -> None:
    # Metrics know no row policy and no mask yet: who is narrowed must not see round them here.
    person = AccessHere(home).identity(None).person
    if person != OWNER:
        raise AskedWrongly(
            f"{person} may not ask metrics yet: the policy of access is not applied to them.",
            "Ask the tables with tapflow sql, or ask the home's owner.",
        )


def _filter(text: str) -> Filter:
    for sign, operator in (("!=", "<>"), ("=", "=")):
        name, found, value = text.partition(sign)
        if found:
            return Filter.model_validate({"dimension": name.strip(), "operator": operator, "values": (value.strip(),)})
    raise AskedWrongly(f"{text!r} is no filter.", "Say dimension=value or dimension!=value.")


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.4f}" if abs(value) < 10 else f"{value:,.2f}"
    return str(value)
