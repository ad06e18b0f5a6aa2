"""Figures that are verified: the same number told by the published tables and by the truth."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
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


def rendered(sql: str, grain: str, dimension: str) -> str:
    """A figure's query for a grain (day or month) and a dimension's expression."""
    out, rest = [], sql
    while (start := rest.find(_PERIOD)) >= 0:
        end = _closing(rest, start + len(_PERIOD))
        inner = rest[start + len(_PERIOD) : end].strip()
        # A bare column is quoted: some, such as `at`, are words that the engine keeps for itself.
        inner = f'"{inner}"' if inner.isidentifier() else inner
        out.append(f"{rest[:start]}cast(date_trunc('{grain}', {inner}) as date)")
        rest = rest[end + 1 :]
    return ("".join(out) + rest).replace("$dim", dimension)


def _closing(sql: str, start: int) -> int:
    depth = 1
    for position in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[position], 0)
        if depth == 0:
            return position
    raise ValueError(f"a $period( is not closed in: {sql[:80]}")


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
