"""Verification: every figure of the published version against the truth, by day, by month, and by dimension."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tapflow.core.errors import CheckFailed, TapflowError
from tapflow.quality.asking import SIDES, Answers, Cut, Span, Told, Values, ask, months_of
from tapflow.quality.figure import Figure, Kind, Matching
from tapflow.warehouse.reader import Reader

RELATIVE_TOLERANCE = 1e-9


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
    """How one figure fared in one cut: at one grain, as a whole or by one dimension.

    `compared` counts the periods (times dimension values) that either side tells, `telling` those
    of them in which either side tells anything but zero, `explained` those in which listed mess
    made a gap, and exactly this one. `error` is set when a side could not be evaluated. `series`
    holds (published, truth) by period, when no dimension was asked.
    """

    figure: Figure
    grain: str
    compared: int = 0
    differing: int = 0
    explained: int = 0
    worst: Gap | None = None
    error: str = ""
    series: Mapping[date, tuple[Any, Any]] = field(default_factory=dict)
    dimension: str | None = None
    telling: int = 0

    @property
    def passed(self) -> bool:
        """Whether no period differs. Where nothing happened on either side there is nothing to differ."""
        return not self.error and self.differing == 0

    @property
    def empty(self) -> bool:
        """Whether there was nothing to compare: neither side tells anything but zero."""
        return self.passed and self.telling == 0

    @property
    def complaint(self) -> str:
        """What is wrong, in a sentence."""
        if self.error:
            return f"{self.figure.name} could not be evaluated: {self.error}"
        if self.worst is None:
            return ""
        where = f" of {self.worst.dim}" if self.worst.dim != "all" else ""
        by = f"{self.dimension} and {self.grain}" if self.dimension else self.grain
        return (
            f"{self.figure.name} by {by} differs in {self.differing} of {self.compared} periods, most in "
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


def verify(
    reader: Reader,
    figures: Iterable[Figure],
    span: Span,
    dimension: str | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> list[Outcome]:
    """Compare figures within a span, by day and by month, and by month in each of their dimensions.

    With a dimension, by day and by month in that one only. `reader` sees the published version
    and, as `truth`, the ledger. A figure that cannot be evaluated is an outcome with an error;
    nothing is raised for it.
    """
    asked = [(figure, cuts_of(figure, dimension)) for figure in figures]
    found: dict[str, list[Outcome]] = {}
    for figure, told in ask(reader, asked, span):
        found[figure.name] = _outcomes(figure, told, cuts_of(figure, dimension), dimension, span)
        progress(figure.name)
    return [outcome for figure, _ in asked for outcome in found[figure.name]]


def cuts_of(figure: Figure, dimension: str | None = None) -> list[Cut]:
    """What is asked of a figure. Its months follow from its days, unless they are its own."""
    cuts = [Cut("day", dimension)]
    if figure.kind == Kind.OWN:
        cuts.append(Cut("month", dimension))
    if dimension is None:
        cuts += [Cut("month", d) for d in figure.dims]
    return cuts


def _outcomes(figure: Figure, told: Told, cuts: Sequence[Cut], dimension: str | None, span: Span) -> list[Outcome]:
    answers: dict[str, Answers] = {}
    for side, answer in told.items():
        if isinstance(answer, TapflowError):
            return [Outcome(figure, "day", error=str(answer), dimension=dimension)]
        answers[side] = answer
    day, month = Cut("day", dimension), Cut("month", dimension)
    if month not in cuts:
        for answer in answers.values():
            answer[month] = months_of(figure, answer[day], span)
    shown = dict.fromkeys([day, month, *cuts])
    outcomes = []
    for cut in shown:
        published, truth, explained = (answers.get(side, {}).get(cut, {}) for side in SIDES)
        outcomes.append(compare(figure, cut.grain, published, truth, explained, cut.dimension))
    return outcomes


def compare(
    figure: Figure, grain: str, published: Values, truth: Values, explained: Values, dimension: str | None = None
) -> Outcome:
    """The full outer comparison of two sides; a side that tells no value of a flow or stock tells zero."""
    missing = None if figure.kind == Kind.OWN else 0
    keys = published.keys() | truth.keys() | explained.keys()
    gaps, told, telling = [], 0, 0
    for key in keys:
        of_published, of_truth, of_mess = published.get(key, missing), truth.get(key, missing), explained.get(key)
        telling += bool(of_published or of_truth or of_mess)
        if not _agree(of_published, of_truth, of_mess):
            gaps.append(Gap(*key, of_published, of_truth, of_mess))
        elif of_mess:
            told += 1
    worst = max(gaps, key=lambda g: (g.size, g.period, g.dim), default=None)
    whole = sorted(period for period, dim in keys if dim == "all")
    series = {p: (published.get((p, "all"), missing), truth.get((p, "all"), missing)) for p in whole}
    return Outcome(
        figure, grain, len(keys), len(gaps), told, worst, series=series, dimension=dimension, telling=telling
    )


def _agree(published: Any, truth: Any, explained: Any) -> bool:
    if published is None or truth is None:
        return published is None and truth is None
    expected = truth + (explained or 0)
    if _whole(published) and _whole(expected):
        return bool(published == expected)
    return math.isclose(float(published), float(expected), rel_tol=RELATIVE_TOLERANCE, abs_tol=RELATIVE_TOLERANCE)


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
