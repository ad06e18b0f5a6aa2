"""A question as SQL: each fact is summed by itself over its windows, and the parts are joined on period and dimensions.

Facts never meet before they are summed, so that no join can multiply rows. A leaf is a measure
over a window; leaves of one fact, window and time column share a pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tapflow.core.errors import AskedWrongly, UnknownName
from tapflow.metrics.definitions import Catalogue, Dimension, Fact, Measure
from tapflow.metrics.periods import Period, Window, moved, periods, ranged
from tapflow.metrics.policy import EVERYTHING, Decision
from tapflow.metrics.question import Filter, Question

Specs = tuple[str, ...]
_Key = tuple[str, str, bool, Specs]
NONE = "(none)"
_ADDITIVE = ("sum", "count", "count_distinct")
_PREVIOUS = {
    "day": "shift 1 day",
    "week": "shift 7 days",
    "month": "shift 1 month",
    "quarter": "shift 3 months",
    "year": "shift 12 months",
}


@dataclass(frozen=True)
class Plan:
    """SQL that answers a question, the tables that it reads, and what it answers."""

    sql: str
    tables: tuple[str, ...]
    metrics: tuple[str, ...]


@dataclass
class _Passes:
    """The passes over facts that a question needs: (fact, time, is a snapshot, windows) -> its measures."""

    found: dict[_Key, list[Measure]] = field(default_factory=dict)

    def number(self, fact: Fact, measure: Measure, specs: Specs) -> int:
        key = (fact.name, measure.time, measure.is_snapshot, specs)
        measures = self.found.setdefault(key, [])
        if measure not in measures:
            measures.append(measure)
        return list(self.found).index(key)


def dimensions_of(catalogue: Catalogue, metric: str) -> list[str]:
    """The dimensions that a metric can have: those that all its facts have."""
    facts = [catalogue.fact_of(m) for m in sorted(_measures(catalogue, metric))]
    return sorted(set.intersection(*(set(_dimensions(catalogue, f)) for f in facts)))


def _measures(catalogue: Catalogue, metric: str) -> set[str]:
    found = catalogue.metric(metric)
    if found.measure:
        return {found.measure}
    return set().union(*(_measures(catalogue, i.metric) for i in found.inputs))


def _dimensions(catalogue: Catalogue, fact: Fact) -> dict[str, tuple[Fact, Dimension]]:
    """A fact's own dimensions, and those of its customer."""
    found = {name: (fact, d) for name, d in fact.dimensions.items()}
    if fact.customer:
        for other in catalogue.facts.values():
            if not other.measures:
                found |= {name: (other, d) for name, d in other.dimensions.items() if name not in found}
    return found


def plan(catalogue: Catalogue, question: Question, known: Window, decision: Decision = EVERYTHING) -> Plan:
    """Plan a question over the days that are known. Raises AskedWrongly that names what to ask instead."""
    _check(catalogue, question, decision)
    spans = periods(ranged(question.last, question.begin, question.end, known), question.grain)
    return _Planner(catalogue, question, known, decision, spans).plan()


def _check(catalogue: Catalogue, question: Question, decision: Decision) -> None:
    if question.compare == "previous" and not question.grain:
        raise AskedWrongly("A range has no previous period of its own yet.", "Give a grain, such as month.")
    wanted = [*question.by, *(f.dimension for f in question.where)]
    everywhere = {d for f in catalogue.facts.values() for d in f.dimensions}
    for name in question.metrics:
        catalogue.metric(name)
        if decision.metrics is not None and name not in decision.metrics:
            raise AskedWrongly(f"You may not ask {name}.", "Ask its owner for access.")
        can = dimensions_of(catalogue, name)
        for dimension in wanted:
            if dimension not in everywhere:
                raise UnknownName("dimension", dimension, can)
            if dimension not in can:
                raise AskedWrongly(f"{name} has no dimension {dimension}.", f"It has: {', '.join(can) or 'none'}.")


class _Planner:
    """The pieces of one plan."""

    def __init__(
        self, catalogue: Catalogue, question: Question, known: Window, decision: Decision, spans: Sequence[Period]
    ) -> None:
        self.catalogue, self.question, self.known, self.decision = catalogue, question, known, decision
        self.spans, self.passes, self.tables = spans, _Passes(), set[str]()

    def plan(self) -> Plan:
        """The whole statement."""
        asked = self.question
        columns = [self._answer(name, name, ()) for name in asked.metrics]
        if asked.compare:
            spec = "shift 12 months" if asked.compare == "yoy" else _PREVIOUS[str(asked.grain)]
            columns += [self._answer(name, f"{name}_{asked.compare}", (spec,)) for name in asked.metrics]
        keys = ["period", *asked.by]
        ctes = []
        for number, (key, measures) in enumerate(self.passes.found.items()):
            ctes += self._pass(number, key, measures)
        names = ", ".join(keys)
        union = "\n    union\n    ".join(f"select {names} from part{n}" for n in range(len(self.passes.found)))
        if not asked.by:
            union = " union all ".join(f"select date '{s.label}' as period" for s in self.spans)
        ctes.append(f"spots as (\n    {union}\n)")
        joins = "\n".join(
            f"left join part{n} on " + " and ".join(f"part{n}.{k} = spots.{k}" for k in keys)
            for n in range(len(self.passes.found))
        )
        chosen = ",\n    ".join([*(f"spots.{k}" for k in keys), *columns])
        sql = f"with {', '.join(ctes)}\nselect\n    {chosen}\nfrom spots\n{joins}\norder by {names}"
        sql += f"\nlimit {asked.limit}" if asked.limit else ""
        return Plan(sql, tuple(sorted(self.tables)), asked.metrics)

    def _answer(self, metric: str, column: str, specs: Specs) -> str:
        value = self._value(metric, specs)
        money = self.catalogue.metric(metric).unit == "usd"
        return f"{value} / 100 as {column}" if money else f"{value} as {column}"

    def _value(self, name: str, specs: Specs) -> str:
        """A metric as an expression of the parts' columns, in minor units; a double."""
        metric = self.catalogue.metric(name)
        if metric.measure:
            return self._leaf(metric.measure, specs)
        inputs = {
            i.alias: self._value(i.metric, specs if i.window == "period" else (*specs, i.window)) for i in metric.inputs
        }
        words = re.compile(r"\b(" + "|".join(map(re.escape, inputs)) + r")\b")
        return "(" + words.sub(lambda m: inputs[m[1]], str(metric.expr)) + ")"

    def _leaf(self, name: str, specs: Specs) -> str:
        fact = self.catalogue.fact_of(name)
        measure = fact.measures[name]
        column = f"part{self.passes.number(fact, measure, specs)}.{name}"
        there = [s.label for s in self.spans if self._window(s, specs)]
        if measure.agg not in _ADDITIVE:
            return f"cast({column} as double)"
        value = f"cast(coalesce({column}, 0) as double)"
        if len(there) == len(self.spans):
            return value
        # Before the first day nothing is known: no value there, rather than zero.
        return f"case when spots.period >= date '{min(there)}' then {value} end" if there else "cast(null as double)"

    def _window(self, span: Period, specs: Specs) -> Window | None:
        window = moved(span.window, specs)
        return window if window.first >= self.known.first else None

    def _pass(self, number: int, key: _Key, measures: Sequence[Measure]) -> list[str]:
        name, time, is_snapshot, specs = key
        fact = self.catalogue.facts[name]
        rows = [(s.label, w) for s in self.spans if (w := self._window(s, specs))]
        values = "\n    union all ".join(
            f"select date '{p}' as period, date '{w.first}' as first_day, date '{w.last}' as last_day" for p, w in rows
        )
        if not rows:
            values = "select current_date as period, current_date as first_day, current_date as last_day where 1 = 0"
        day, when = f"fact.{time}" if time.isidentifier() else time, "wins.last_day"
        if fact.valid_to:
            match = f"{day} <= wins.last_day and (fact.{fact.valid_to} > wins.last_day or fact.{fact.valid_to} is null)"
        elif is_snapshot:
            match = f"{day} = wins.last_day"
        else:
            match, when = f"{day} between wins.first_day and wins.last_day", day
        dims, joins = self._joined(fact, when)
        conditions = [self._condition(fact, f, when) for f in self.question.where]
        shown = [f"coalesce(cast({sql} as varchar), '{NONE}') as {n}" for n, sql in dims.items()]
        aggregates = [f"{_aggregate(m)} as {m.name}" for m in measures]
        body = ",\n        ".join(["wins.period", *shown, *aggregates])
        grouped = ", ".join(str(n + 1) for n in range(1 + len(dims)))
        where = f"\n    where {' and '.join(conditions)}" if conditions else ""
        source = self._table(fact.table)
        part = (
            f"part{number} as (\n    select\n        {body}\n    from {source} as fact\n"
            f"    inner join windows{number} as wins on {match}{joins}{where}\n    group by {grouped}\n)"
        )
        return [f"windows{number} as (\n    {values}\n)", part]

    def _table(self, name: str) -> str:
        self.tables.add(name)
        return self.decision.table(name)

    def _joined(self, fact: Fact, when: str) -> tuple[dict[str, str], str]:
        wanted = [*self.question.by, *(f.dimension for f in self.question.where)]
        others = {o.name: o for d in wanted if (o := _dimensions(self.catalogue, fact)[d][0]) is not fact}
        joins = ""
        for other in others.values():
            # Columns get names of their own, so that a measure's bare names stay the fact's.
            held = [other.customer or "", *(d.expr for d in other.dimensions.values()), *(other.validity or ())]
            renamed = ", ".join(f"{column} as {other.name}__{column}" for column in held)
            match = f"{other.name}.{other.name}__{other.customer} = fact.{fact.customer}"
            if other.validity:
                begin, end = (f"{other.name}.{other.name}__{c}" for c in other.validity)
                # As it was when the day ended.
                after = f"cast({when} as date) + interval '1' day"
                match += f" and {begin} < {after} and ({end} >= {after} or {end} is null)"
            source = f"(select {renamed} from {self._table(other.table)} as {other.name})"
            joins += f"\n    left join {source} as {other.name} on {match}"
        return {d: self._dimension(fact, d, when) for d in self.question.by}, joins

    def _dimension(self, fact: Fact, name: str, when: str) -> str:
        owner, dimension = _dimensions(self.catalogue, fact)[name]
        if dimension.as_of:
            return f"({dimension.as_of.format(as_of=when)})"
        return f"fact.{dimension.expr}" if owner is fact else f"{owner.name}.{owner.name}__{dimension.expr}"

    def _condition(self, fact: Fact, one: Filter, when: str) -> str:
        value = f"cast({self._dimension(fact, one.dimension, when)} as varchar)"
        if one.operator in ("is null", "is not null"):
            return f"{value} {one.operator}"
        if not one.values:
            raise AskedWrongly(f"The filter on {one.dimension} has no value.", "Give one.")
        texts = ["'" + v.replace("'", "''") + "'" for v in one.values]
        if one.operator in ("in", "not in"):
            return f"{value} {one.operator} ({', '.join(texts)})"
        return f"{value} {one.operator} {texts[0]}"


def _aggregate(measure: Measure) -> str:
    if measure.agg == "count_distinct":
        return f"count(distinct {measure.expr})"
    if measure.agg == "median":
        return f"percentile_cont(0.5) within group (order by {measure.expr})"
    return f"{measure.agg}({measure.expr})"
