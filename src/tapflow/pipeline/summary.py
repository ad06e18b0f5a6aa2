"""The closing screen: the company's main figures with the truth beside each, what was built, what to try."""

from __future__ import annotations

import math
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.text import Text

from tapflow.core import units
from tapflow.core.settings import read_settings
from tapflow.pipeline.opening import Opened
from tapflow.pipeline.runs import RunRecord
from tapflow.pipeline.screen import FAINT, Screen, verdict
from tapflow.pipeline.up import Brought
from tapflow.quality.figure import Kind
from tapflow.quality.verification import Verification
from tapflow.quality.verify import Outcome

# The figures that a newcomer should see, in their order; those that are there are shown.
HEADLINES = (
    "mrr", "net_new_mrr", "paying_customers", "new_customers", "churned_customers", "billings", "collections",
    "recognized_revenue", "cash_balance", "pipeline_value", "bookings", "win_rate", "ad_spend", "leads_created",
    "signups", "trials_converted", "dau", "mau", "devices_active", "device_uptime", "pours", "pour_volume_ml",
    "tickets_created", "first_response_hours", "csat",
)  # fmt: skip
_WINDOW = 30  # days over which a flow is summed, and back to which a stock is compared


@dataclass(frozen=True)
class Headline:
    """A figure as the screen shows it: what it is of (a day, 30 days, a month), both sides, and the past."""

    outcome: Outcome
    of: str
    published: Any
    truth: Any
    before: Any


def headlines(verification: Verification) -> list[Headline]:
    """The main figures at their newest: a stock's last day, a flow's last 30 days, else the last whole month."""
    by_name = {
        name: {o.grain: o for o in outcomes if o.dimension is None} for name, outcomes in verification.figures.items()
    }
    shown = [_headline(by_name[name], verification.span.end) for name in HEADLINES if name in by_name]
    return [h for h in shown if h is not None]


def _headline(outcomes: Mapping[str, Outcome], last: date) -> Headline | None:
    day = outcomes["day"]
    if day.error or not day.series:
        return None
    if day.figure.kind == Kind.STOCK:
        published, truth = day.series.get(last, (0, 0))
        return Headline(day, last.isoformat(), published, truth, day.series.get(_back(last, 1), (None, None))[0])
    if day.figure.kind == Kind.FLOW:
        now, then = _summed(day.series, last), _summed(day.series, _back(last, 1))
        known = min(day.series) <= _back(last, 2) + timedelta(days=1)
        return Headline(day, f"{_WINDOW} days", now[0], now[1], then[0] if known else None)
    return _monthly(outcomes["month"], last)


def _monthly(outcome: Outcome, last: date) -> Headline | None:
    # The last month that is over; a history shorter than that has only the one that runs.
    over = [m for m in outcome.series if _month_end(m) <= last] or list(outcome.series)
    if not over:
        return None
    month = over[-1]
    published, truth = outcome.series[month]
    before = outcome.series[over[-2]][0] if len(over) > 1 else None
    return Headline(outcome, f"{month:%b %Y}", published, truth, before)


def _month_end(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _back(last: date, windows: int) -> date:
    return last - timedelta(days=windows * _WINDOW)


def _summed(series: Mapping[date, tuple[Any, Any]], last: date) -> tuple[Any, Any]:
    days = [series[d] for d in (last - timedelta(days=i) for i in range(_WINDOW)) if d in series]
    return sum(p or 0 for p, _ in days), sum(t or 0 for _, t in days)


def show_summary(screen: Screen, company: Opened, brought: Brought, run: RunRecord) -> None:
    """Print the closing screen."""
    pin, last = company.pin, company.home.last_day()
    days = len(company.home.days())
    screen.line()
    screen.line(
        f"The company ({pin.profile}, seed {pin.seed}): {units.count(days)} days, {pin.first_day} to {last}", "bold"
    )
    screen.line()
    screen.table(
        ("figure", "of", "published", "change", "truth", ""),
        (_row(h) for h in headlines(brought.verification)),
        numeric=("published", "change", "truth"),
    )
    screen.line()
    for line in _told(company, brought, run):
        screen.line(line)
    screen.line()
    screen.line("Try next", "bold")
    asked = list(suggestions(brought.verification, called(), company.home.root))
    width = max(len(command) for command, _ in asked)
    for command, why in asked:
        screen.out.print(Text(f"  {command:<{width}}  ").append(why, FAINT))


def _row(headline: Headline) -> Sequence[object]:
    figure = headline.outcome.figure
    return (
        figure.title.split(",")[0], Text(headline.of, FAINT), shown(headline.published, figure.unit), _change(headline),
        shown(headline.truth, figure.unit), verdict(headline.outcome.passed, _word(headline)),
    )  # fmt: skip


def _word(headline: Headline) -> str:
    if not headline.outcome.passed:
        return "differs"
    if headline.outcome.empty:
        return "nothing yet"
    return "equal" if headline.published == headline.truth else "explained" if headline.outcome.explained else "equal"


def _change(headline: Headline) -> str:
    now, before = headline.published, headline.before
    if now is None or not before:
        return ""
    ratio = float(now) / float(before) - 1
    return units.change(ratio) if math.isfinite(ratio) else ""


def shown(value: Any, unit: str) -> str:
    """A figure's value for people, by its unit."""
    if value is None:
        return "-"
    number = float(value)
    if "minor" in unit:
        return units.money(number)
    if unit in ("ratio", "share"):
        return units.percent(number)
    if unit == "ml":
        return units.volume(number)
    if unit == "seconds":
        return units.duration(number)
    if unit in ("hours", "minutes", "days", "points"):
        return f"{units.short(number)} {unit}"
    return units.count(number) if number == int(number) and abs(number) < 1e6 else units.short(number)


def _told(company: Opened, brought: Brought, run: RunRecord) -> Iterator[str]:
    verification, version = brought.verification, brought.version
    made = next((s.note for s in run.steps if s.name == "build"), "nothing, for all was up to date")
    rows = sum(t.rows for t in version.tables.values())
    yield f"Built     {made}; {version.id} serves {len(version.tables)} tables, {units.count(rows)} rows"
    told = len(verification.figures) - len(verification.empty)
    compared = sum(o.compared for o in verification.outcomes if not o.empty)
    cuts = len({(o.figure.name, o.dimension) for o in verification.outcomes if o.dimension and not o.empty})
    agree = f"{len(verification.agreeing)} of {told} figures agree with the truth"
    yield f"Verified  {agree}, as a whole and {cuts} times by a dimension,"
    since = f" since {verification.span.begin}" if verification.span.begin > company.pin.first_date else ""
    yield f"          in {units.count(compared)} values{since}"
    if verification.empty:
        have = "has" if len(verification.empty) == 1 else "have"
        yield f"          {len(verification.empty)} {have} nothing to compare yet: {', '.join(verification.empty)}"
    for m in verification.matched:
        yield f"          {m.matching.title}: precision {m.precision:.4f}, recall {m.recall:.4f}"
    took = "  ".join(f"{s.name} {units.duration(s.seconds)}" for s in run.steps)
    yield f"Took      {took}"
    yield f"Lies in   {company.home.root}"


def called() -> str:
    """How a shell calls this program: by its name where that is found, else by its path."""
    program = Path(sys.executable).with_name("tapflow")
    found = shutil.which("tapflow")
    if found is not None and Path(found).resolve() == program.resolve():
        return "tapflow"
    return shlex.quote(str(program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program))


def suggestions(verification: Verification, program: str, home: Path) -> Iterator[tuple[str, str]]:
    """Commands worth trying on what is there, as they are to be typed."""
    is_default = read_settings().home.absolute() == home.absolute()
    there = "" if is_default else f" --home {shlex.quote(str(home))}"
    by_plan = next((o.figure.name for o in verification.outcomes if "plan" in o.figure.dims), None)
    yield f'{program} sql "select * from entity.entity_customers limit 5"{there}', "ask the published tables"
    if by_plan:
        yield f"{program} verify --figure {by_plan} --by plan{there}", "see a figure against the truth"
    yield f"{program} lake tables{there}", "see the lake"
    yield f"{program} day 7{there}", "let a week go by"
