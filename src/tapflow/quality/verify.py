"""Verification: every figure of the published version against the truth, by day and by month."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tapflow.core.errors import CheckFailed, TapflowError
from tapflow.quality.figure import Figure, Kind, Matching, rendered
from tapflow.warehouse.reader import Reader

RELATIVE_TOLERANCE = 1e-9

Key = tuple[date, str]
Values = dict[Key, Any]


@dataclass(frozen=True)
class Gap:
    """One period of one dimension value in which the two sides differ by more than is explained."""

    period: date
    dim: str
    published: Any
    truth: Any
    explained: Any

    @property
    def size(self) -> float:
        """How much is unexplained, in the figure's unit; infinite where a side has no value and needs one."""
        if self.published is None or self.truth is None:
            return math.inf
        return abs(float(self.published - self.truth - (self.explained or 0)))


@dataclass(frozen=True)
class Outcome:
    """How one figure fared at one grain.

    `compared` counts the periods (times dimension values) that either side tells, `explained`
    those in which listed mess made a gap, and exactly this one. `error` is set when a side could
    not be evaluated. `series` holds (published, truth) by period, when no dimension was asked.
    """

    figure: Figure
    grain: str
    compared: int = 0
    differing: int = 0
    explained: int = 0
    worst: Gap | None = None
    error: str = ""
    series: Mapping[date, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether all periods agree. Where nothing happened on either side there is nothing to differ."""
        return not self.error and self.differing == 0

    @property
    def complaint(self) -> str:
        """What is wrong, in a sentence."""
        if self.error:
            return f"{self.figure.name} could not be evaluated: {self.error}"
        if self.worst is None:
            return ""
        where = f" of {self.worst.dim}" if self.worst.dim != "all" else ""
        return (
            f"{self.figure.name} by {self.grain} differs in {self.differing} of {self.compared} periods, most in "
            f"{self.worst.period}{where}: published {_shown(self.worst.published)}, "
            f"truth {_shown(self.worst.truth)}, explained {_shown(self.worst.explained)}"
        )


@dataclass(frozen=True)
class Matched:
    """How well an identity resolution found the true pairs."""

    matching: Matching
    found: int = 0
    true: int = 0
    right: int = 0
    error: str = ""

    @property
    def precision(self) -> float:
        """Share of the found pairs that are true."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found."""
        return self.right / self.true if self.true else 0.0

    @property
    def passed(self) -> bool:
        """Whether both reach what is asked."""
        return not self.error and min(self.precision, self.recall) >= self.matching.least


@dataclass(frozen=True)
class Span:
    """The days to compare, both included."""

    begin: date
    end: date

    def holds(self, period: date, grain: str) -> bool:
        """Whether a period touches the span."""
        begin = self.begin.replace(day=1) if grain == "month" else self.begin
        return begin <= period <= self.end


def verify(
    reader: Reader,
    figures: Iterable[Figure],
    span: Span,
    dimension: str | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> list[Outcome]:
    """Compare figures by day and by month within a span, by a dimension if one is asked.

    `reader` sees the published version and, as `truth`, the ledger. A figure that cannot be
    evaluated is an outcome with an error; nothing is raised for it.
    """
    outcomes: list[Outcome] = []
    for figure in figures:
        progress(figure.name)
        outcomes += _verify_figure(reader, figure, span, dimension)
    return outcomes


def _verify_figure(reader: Reader, figure: Figure, span: Span, dimension: str | None) -> list[Outcome]:
    try:
        days = _sides(reader, figure, "day", span, dimension)
        if figure.kind == Kind.OWN:
            months = _sides(reader, figure, "month", span, dimension)
        else:
            months = (_months(figure, days[0], span), _months(figure, days[1], span), _months(figure, days[2], span))
    except TapflowError as error:
        return [Outcome(figure, "day", error=str(error))]
    return [compare(figure, "day", *days), compare(figure, "month", *months)]


def _sides(
    reader: Reader, figure: Figure, grain: str, span: Span, dimension: str | None
) -> tuple[Values, Values, Values]:
    published = _values(reader, figure.published, grain, span, figure.expression(dimension, False))
    truth = _values(reader, figure.truth, grain, span, figure.expression(dimension, True))
    explained = {}
    if figure.explained:
        explained = _values(reader, figure.explained, grain, span, figure.expression(dimension, True))
    return published, truth, explained


def _values(reader: Reader, sql: str, grain: str, span: Span, dimension: str) -> Values:
    rows = reader.fetch(f"select period, dim, value from ({rendered(sql, grain, dimension)})")
    found: Values = {}
    for period, dim, value in rows:
        if period is not None and span.holds(period, grain):
            key = (period, "none" if dim is None else str(dim))
            if key in found:
                raise CheckFailed(f"two values for {key[0]} {key[1]}", "Group the figure's query by period and dim.")
            found[key] = value
    return found


def _months(figure: Figure, days: Values, span: Span) -> Values:
    """Months from days: summed for a flow; for a stock the month's last day, or the span's."""
    months: Values = {}
    for (day, dim), value in days.items():
        key = (day.replace(day=1), dim)
        if figure.kind == Kind.FLOW:
            months[key] = months.get(key, 0) + (value or 0)
        elif day == span.end or day + timedelta(days=1) == _next_month(day):
            months[key] = value
    return months


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def compare(figure: Figure, grain: str, published: Values, truth: Values, explained: Values) -> Outcome:
    """The full outer comparison of two sides; a side that tells no value of a flow or stock tells zero."""
    missing = None if figure.kind == Kind.OWN else 0
    keys = published.keys() | truth.keys() | explained.keys()
    gaps, told = [], 0
    for key in keys:
        gap = Gap(*key, published.get(key, missing), truth.get(key, missing), explained.get(key))
        if not _agree(gap):
            gaps.append(gap)
        elif gap.explained:
            told += 1
    worst = max(gaps, key=lambda g: (g.size, g.period, g.dim), default=None)
    whole = sorted(period for period, dim in keys if dim == "all")
    series = {p: (published.get((p, "all"), missing), truth.get((p, "all"), missing)) for p in whole}
    return Outcome(figure, grain, len(keys), len(gaps), told, worst, series=series)


def _agree(gap: Gap) -> bool:
    if gap.published is None or gap.truth is None:
        return gap.published is None and gap.truth is None
    expected = gap.truth + (gap.explained or 0)
    if _whole(gap.published) and _whole(expected):
        return bool(gap.published == expected)
    return math.isclose(float(gap.published), float(expected), rel_tol=RELATIVE_TOLERANCE, abs_tol=RELATIVE_TOLERANCE)


def _whole(value: Any) -> bool:
    return isinstance(value, int | Decimal)


def measure(reader: Reader, matchings: Iterable[Matching]) -> list[Matched]:
    """Precision and recall of identity resolutions, over their distinct pairs."""
    return [_measure(reader, m) for m in matchings]


def _measure(reader: Reader, matching: Matching) -> Matched:
    pair = "cast(system as varchar) as system, cast(system_id as varchar) as system_id, cast(entity_id as varchar)"
    sql = (
        f"with found as (select distinct {pair} as entity_id from ({matching.published})), "
        f"true_pairs as (select distinct {pair} as entity_id from ({matching.truth})) "
        "select (select count(*) from found), (select count(*) from true_pairs), "
        "(select count(*) from found inner join true_pairs using (system, system_id, entity_id))"
    )
    try:
        found, true, right = reader.fetch(sql)[0]
    except TapflowError as error:
        return Matched(matching, error=str(error))
    return Matched(matching, found, true, right)


def require_agreement(outcomes: Sequence[Outcome], matched: Sequence[Matched] = ()) -> None:
    """Raise CheckFailed that names the worst differences, if there is any."""
    failed = [o for o in outcomes if not o.passed]
    missed = [m for m in matched if not m.passed]
    if not failed and not missed:
        return
    named = len({o.figure.name for o in failed})
    worst = sorted(failed, key=lambda o: -(o.worst.size if o.worst else math.inf))
    said = [o.complaint for o in worst[:3]]
    said += [f"{m.matching.name}: {m.error or f'precision {m.precision:.4f}, recall {m.recall:.4f}'}" for m in missed]
    raise CheckFailed(
        f"{named} figures and {len(missed)} matchings do not agree with the truth. {'; '.join(said)}.",
        f"Look closer with `tapflow verify --figure {(worst[0].figure.name if worst else 'NAME')} --by DIMENSION`.",
    )


def plain(value: Any) -> Any:
    """A value as JSON can tell it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if value is None or isinstance(value, int | float) else str(value)


def _shown(value: Any) -> str:
    number = plain(value)
    if number is None:
        return "nothing"
    return f"{number:,}" if isinstance(number, int) else f"{number:,.10g}"
