"""`tapflow realism`."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from tapflow.core.settings import read_settings
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.limits import engine_limits
from tapflow.pipeline.screen import Screen, verdict
from tapflow.quality.realism.arrows import ARROWS
from tapflow.quality.realism.companies import SEEDS, measure_home, measure_pool
from tapflow.quality.realism.report import document, shown
from tapflow.quality.realism.scorecard import STATISTICS, Scorecard


@click.command("realism")
@click.option("--pooled", is_flag=True, help="Simulate companies with fixed seeds and pool them, instead of this home.")
@click.option("--profile", default="demo", show_default=True, help="Size of the pooled companies.")
@click.option("--companies", default=len(SEEDS), type=click.IntRange(1, len(SEEDS)), help="How many; all by default.")
@click.option("--days", type=click.IntRange(30), help="Days of the pooled companies; the profile's by default.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON (docs/json/realism.schema.json).")
@home_option
def command(home: Home, pooled: bool, profile: str, companies: int, days: int | None, as_json: bool) -> None:
    """Measure the emitted data against published bands, and look for every cause's effect."""
    workers = read_settings().worker_count
    screen = Screen()
    total = companies if pooled else len(STATISTICS) + len(ARROWS)
    with screen.board() as board, board.step("realism", total, "companies" if pooled else "rows") as bar:

        def follow(name: str) -> None:
            bar.advance()
            bar.remark(name)

        if pooled:
            kept = home.root / "cache" / "realism"
            card = measure_pool(profile, SEEDS[:companies], days, workers=workers, kept=kept, follow=follow)
        else:
            home.require_pin()
            card = measure_home(home.root, engine_limits(workers), follow)
    if as_json:
        click.echo(json.dumps(document(card), indent=2))
    else:
        show(screen, card)
    card.require()


def show(screen: Screen, card: Scorecard) -> None:
    """The scorecard as two tables."""
    screen.table(("", "statistic", "value", "band", "events", "source"), _statistics(card), ("value", "band", "events"))
    screen.line()
    columns = ("", "cause", "ratio", "95 % interval", "power", "events")
    screen.table(columns, _arrows(card), ("ratio", "power", "events"))


def _statistics(card: Scorecard) -> Iterator[tuple[object, ...]]:
    for measured in card.statistics:
        row = shown(measured)
        word = "" if measured.judged else "too few"
        yield (verdict(measured.passed, word), row.title, row.value, row.band, row.events, measured.statistic.source)


def _arrows(card: Scorecard) -> Iterator[tuple[object, ...]]:
    for found in card.arrows:
        ratio = "" if found.ratio is None else f"{found.ratio:.2f}"
        interval = "" if found.ratio is None else f"{found.low:.2f} to {found.high:.2f}"
        events = f"{found.events[0]:,.0f} / {found.events[1]:,.0f}"
        yield (verdict(found.passed), found.arrow.title, ratio, interval, f"{found.power:.2f}", events)
