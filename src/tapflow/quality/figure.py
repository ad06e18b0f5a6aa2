"""Figures that are verified: the same number told by the published tables and by the truth."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from tapflow.core.errors import UnknownName
from tapflow.quality import figures as figure_modules

_PERIOD = "$period("


class Kind(StrEnum):
    """How a figure's months follow from its days."""

    FLOW = "flow"  # a month is the sum of its days
    STOCK = "stock"  # a month is its last day
    OWN = "own"  # each grain is evaluated by itself: medians, distinct counts, ratios


@dataclass(frozen=True)
class Figure:
    """One number over time, told twice.

    `published` is SQL over the published version (schemas entity and fact), `truth` over
    `truth.*`; each answers columns period, dim, value. They write `$period(expression)` for the
    period of a date or timestamp and `$dim` for the dimension. `dims` maps a dimension's name to
    its (published, truth) expressions. `explained` is SQL over the truth of the same shape: the
    gap, published minus truth, that listed mess makes. Grain: one value per period and dimension.
    """

    name: str
    title: str
    domain: str
    unit: str
    kind: str
    published: str
    truth: str
    explained: str | None = None
    dims: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Kind(self.kind)
        for sql in filter(None, (self.published, self.truth)):
            if _PERIOD not in sql:
                raise ValueError(f"figure {self.name}: a query writes no $period(…)")

    def expression(self, dimension: str | None, of_truth: bool) -> str:
        """The SQL of a dimension on one side; without a dimension everything is 'all'."""
        if dimension is None:
            return "'all'"
        if dimension not in self.dims:
            raise UnknownName(f"dimension of {self.name}", dimension, self.dims)
        return f"cast({self.dims[dimension][of_truth]} as varchar)"


@dataclass(frozen=True)
class Matching:
    """An identity resolution that is measured: pairs that the warehouse found, against the true ones.

    Both queries answer the columns system, system_id, entity_id; a row is a claimed pair.
    Precision is the share of found pairs that are true, recall the share of true pairs found.
    """

    name: str
    title: str
    published: str
    truth: str
    least: float = 0.99


def rendered(sql: str, grain: str, dimension: str, begin: date = date(1970, 1, 1)) -> str:
    """A figure's query for a grain (day or month), a dimension's expression, and days from `begin` on.

    A query that looks back over rows says with `$from`, the first day wanted, how far it need.
    """
    out, rest = [], sql
    while (start := rest.find(_PERIOD)) >= 0:
        end = _closing(rest, start + len(_PERIOD))
        inner = _quoted(rest[start + len(_PERIOD) : end])
        out.append(f"{rest[:start]}{period_of(inner, grain)}")
        rest = rest[end + 1 :]
    return ("".join(out) + rest).replace("$dim", dimension).replace("$from", f"date '{begin}'")


def told(instant: str, value: str, rows: str) -> str:
    """A query of the common shape: a value of rows (all that follows FROM) by the period of an instant."""
    return f"select $period({instant}) as period, $dim as dim, {value} as value from {rows} group by 1, 2"


def period_of(expression: str, grain: str) -> str:
    """The first day of the day or month in which a date or timestamp lies."""
    return f"cast(date_trunc('{grain}', {expression}) as date)"


def _quoted(expression: str) -> str:
    # A bare column is quoted: some, such as `at`, are words that the engine keeps for itself.
    inner = expression.strip()
    return f'"{inner}"' if inner.isidentifier() else inner


@dataclass(frozen=True)
class Parts:
    """What a query of the common shape is made of: the instant, the value, and the rows (all that follows FROM)."""

    period: str
    value: str
    rows: str

    def within(self, begin: date, end: date) -> str:
        """The rows whose instant lies in a span, its end not included: files of other days need not be read."""
        span = f"{self.period} >= date '{begin}' and {self.period} < date '{end}'"
        where = _top_level(self.rows, 0, _WHERE)
        if where is None:
            return f"{self.rows} where {span}"
        return f"{self.rows[: where.start()]} where ({self.rows[where.end() :]}) and {span}"


_WHERE = re.compile(r"\s+where\s+")
_HEAD = re.compile(r"\s*select \$period\(")
_TAIL = re.compile(r"\s+group by 1, 2\s*$")


@lru_cache(maxsize=4096)
def taken_apart(sql: str) -> Parts | None:
    """The parts of `select $period(…) as period, $dim as dim, … as value from … group by 1, 2`; else None."""
    head, tail = _HEAD.match(sql), _TAIL.search(sql)
    if not head or not tail or "$" in sql[_closing(sql, head.end()) :].replace("$dim", "", 1):
        return None
    end = _closing(sql, head.end())
    said = re.match(r"\) as period,\s+\$dim as dim,\s+", sql[end:])
    if not said:
        return None
    begin = end + said.end()
    ends = _top_level(sql, begin, re.compile(r"\s+as value\s+from\s+"))
    if ends is None:
        return None
    return Parts(_quoted(sql[head.end() : end]), sql[begin : ends.start()], sql[ends.end() : tail.start()])


def _top_level(sql: str, begin: int, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first place from `begin` on, in no parentheses, where a pattern matches."""
    depth = 0
    for position in range(begin, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[position], 0)
        if depth == 0 and (found := pattern.match(sql, position)):
            return found
    return None


def _closing(sql: str, start: int) -> int:
    depth = 1
    for position in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[position], 0)
        if depth == 0:
            return position
    raise ValueError(f"a $period( is not closed in: {sql[:80]}")


def ledger_tables(asked: Iterable[Figure | Matching]) -> set[str]:
    """The tables of the truth that figures and matchings read."""
    said = " ".join(sql for one in asked for sql in (one.published, one.truth, getattr(one, "explained", None)) if sql)
    return set(re.findall(r"\btruth\.(\w+)", said))


@lru_cache(maxsize=1)
def registry() -> Mapping[str, Figure]:
    """Every figure by name, gathered from the modules of `quality/figures`, in order of domains."""
    found: dict[str, Figure] = {}
    for module in _modules():
        for figure in getattr(module, "FIGURES", ()):
            if figure.name in found:
                raise ValueError(f"two figures are named {figure.name}")
            found[figure.name] = figure
    return found


@lru_cache(maxsize=1)
def matchings() -> tuple[Matching, ...]:
    """Every measured identity resolution."""
    return tuple(m for module in _modules() for m in getattr(module, "MATCHINGS", ()))


def _modules() -> list[object]:
    names = sorted(m.name for m in pkgutil.iter_modules(figure_modules.__path__))
    return [importlib.import_module(f"{figure_modules.__name__}.{name}") for name in names]
