"""Asking figures' queries: those that read the same rows are asked together, in one pass over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tapflow.core.errors import CheckFailed, TapflowError
from tapflow.quality.figure import Figure, Kind, Parts, period_of, rendered, taken_apart
from tapflow.warehouse.reader import Reader

Key = tuple[date, str]
Values = dict[Key, Any]
SIDES = ("published", "truth", "explained")


@dataclass(frozen=True)
class Cut:
    """How a figure is divided: by day or month, and by a dimension or (None) as a whole."""

    grain: str
    dimension: str | None = None


@dataclass(frozen=True)
class Span:
    """The days to compare, both included."""

    begin: date
    end: date

    def holds(self, period: date, grain: str) -> bool:
        """Whether a period touches the span."""
        begin = self.begin.replace(day=1) if grain == "month" else self.begin
        return begin <= period <= self.end


@dataclass(frozen=True)
class Ask:
    """One side of a figure, to be told in some cuts."""

    figure: Figure
    side: str
    cuts: Sequence[Cut]

    @property
    def sql(self) -> str:
        """The figure's query on this side; empty where the figure has none."""
        return getattr(self.figure, self.side) or ""

    def dimension(self, cut: Cut) -> str:
        """The expression of a cut's dimension; never null."""
        return f"coalesce({self.figure.expression(cut.dimension, self.side != 'published')}, 'none')"


Answers = dict[Cut, Values]
Told = dict[str, Answers | TapflowError]
"""Side -> its answers by cut, or why there are none."""


def ask(reader: Reader, figures: Iterable[tuple[Figure, Sequence[Cut]]], span: Span) -> Iterator[tuple[Figure, Told]]:
    """Each figure with what its sides tell, as soon as all of them have told it; a figure comes once."""
    asks = [Ask(f, side, cuts) for f, cuts in figures for side in SIDES if getattr(f, side)]
    waiting: dict[str, set[str]] = {}
    for one in asks:
        waiting.setdefault(one.figure.name, set()).add(one.side)
    told: dict[str, Told] = {name: {} for name in waiting}
    for together, parts in _passes(asks):
        for one, answers in zip(together, _answered(reader, together, parts, span), strict=True):
            name = one.figure.name
            told[name][one.side] = answers
            waiting[name].discard(one.side)
            if not waiting[name]:
                yield one.figure, told.pop(name)


def _passes(asks: Sequence[Ask]) -> list[tuple[list[Ask], Parts | None]]:
    """The asks in groups that read the same rows at the same period; what cannot be taken apart stays alone."""
    passes: dict[tuple[str, ...], tuple[list[Ask], Parts | None]] = {}
    for one in asks:
        parts = taken_apart(one.sql)
        # Only those of the same cuts: a median by a dimension that nobody asked is dearer than another pass.
        key = (parts.period, parts.rows, *_terms(one)) if parts else (one.figure.name, one.side, "alone")
        passes.setdefault(key, ([], parts))[0].append(one)
    return list(passes.values())


def _terms(one: Ask) -> list[str]:
    return [f"{cut.grain} {one.dimension(cut)}" for cut in one.cuts]


def _answered(
    reader: Reader, asks: Sequence[Ask], parts: Parts | None, span: Span
) -> list[Answers] | list[TapflowError] | list[Answers | TapflowError]:
    try:
        if parts is None:
            return [_alone(reader, one, span) for one in asks]
        return _in_one_pass(reader, asks, parts, span)
    except TapflowError as error:
        if len(asks) == 1:
            return [error]
        # One of them is broken: alone, each tells whether it is the one.
        return [answer for one in asks for answer in _answered(reader, [one], taken_apart(one.sql), span)]


def _in_one_pass(reader: Reader, asks: Sequence[Ask], parts: Parts, span: Span) -> list[Answers]:
    keys: dict[str, int] = {}
    sets: dict[frozenset[int], list[_Place]] = {}
    for number, one in enumerate(asks):
        for cut in one.cuts:
            period = keys.setdefault(_period(parts.period, one.figure, cut, span), len(keys))
            dim = keys.setdefault(one.dimension(cut), len(keys)) if cut.dimension else None
            places = frozenset({period} if dim is None else {period, dim})
            sets.setdefault(places, []).append(_Place(number, cut, period, dim))
    terms, values = list(keys), [_value(one) for one in asks]
    grouped = ", ".join("(" + ", ".join(terms[p] for p in sorted(places)) + ")" for places in sets)
    # Whole months: a figure that is evaluated by month is told of all of it.
    rows = parts.within(span.begin.replace(day=1), _next_month(span.end))
    sql = f"select {', '.join([*terms, *values])} from {rows} group by grouping sets ({grouped})"
    found: list[Answers] = [{cut: {} for cut in one.cuts} for one in asks]
    for row in reader.fetch(sql):
        # Keys that a set does not group by are null. Dimensions never are, and a row without a period counts nowhere.
        for place in sets.get(frozenset(p for p in range(len(terms)) if row[p] is not None), ()):
            if span.holds(row[place.period], place.cut.grain):
                key = (row[place.period], "all" if place.dim is None else row[place.dim])
                found[place.number][place.cut][key] = row[len(terms) + place.number]
    return found


@dataclass(frozen=True)
class _Place:
    """Where a pass's rows tell a cut of its ask `number`: the columns of the period and of the dimension."""

    number: int
    cut: Cut
    period: int
    dim: int | None


def _value(one: Ask) -> str:
    parts = taken_apart(one.sql)
    assert parts is not None, "only what can be taken apart is asked together"
    return parts.value


def _period(expression: str, figure: Figure, cut: Cut, span: Span) -> str:
    """A cut's period of an instant; null where it does not count: a month is made of the span's days, as a whole is."""
    day, month = period_of(expression, "day"), period_of(expression, "month")
    if cut.grain == "day":
        return day
    if figure.kind == Kind.OWN:
        return month
    counts = f"{day} between date '{span.begin}' and date '{span.end}'"
    if figure.kind == Kind.STOCK:
        counts += f" and ({day} = last_day({day}) or {day} = date '{span.end}')"
    return f"case when {counts} then {month} end"


def _alone(reader: Reader, one: Ask, span: Span) -> Answers:
    return {cut: _alone_in(reader, one, cut, span) for cut in one.cuts}


def _alone_in(reader: Reader, one: Ask, cut: Cut, span: Span) -> Values:
    if cut.grain == "month" and one.figure.kind != Kind.OWN:
        return months_of(one.figure, _alone_in(reader, one, Cut("day", cut.dimension), span), span)
    begin = span.begin.replace(day=1)
    sql = rendered(one.sql, cut.grain, one.dimension(cut), begin)
    found: Values = {}
    # The engine takes what lies outside away before it sums, where the query lets it.
    within = f"period >= date '{begin}' and period <= date '{span.end}'"
    for period, dim, value in reader.fetch(f"select period, dim, value from ({sql}) where {within}"):
        if span.holds(period, cut.grain):
            key = (period, str(dim))
            if key in found:
                raise CheckFailed(f"two values for {key[0]} {key[1]}", "Group the figure's query by period and dim.")
            found[key] = value
    return found


def months_of(figure: Figure, days: Mapping[Key, Any], span: Span) -> Values:
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
