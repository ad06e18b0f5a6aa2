"""One day of the company in the making: its clock, its chances, and what it brought forth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.chance import Chance
from tapflow.core.clock import SECONDS_PER_DAY, day_start_seconds

Columns = dict[str, NDArray[Any]]


def _columns(values: Mapping[str, ArrayLike]) -> Columns:
    arrays = {k: np.asarray(v) for k, v in values.items()}
    sizes = [a.shape[0] for a in arrays.values() if a.ndim]
    size = max(sizes) if sizes else 1
    return {k: np.broadcast_to(a, (size,)) if a.ndim == 0 else a for k, a in arrays.items()}


@dataclass
class Day:
    """What a day's processes share.

    `facts` are named sets of columns that source systems turn into records; `truth` holds rows
    of the ledger. Both grow by `emit` and `tell`; several calls for one name are concatenated.
    """

    number: int
    chance: Chance
    _facts: dict[str, list[Columns]] = field(default_factory=dict)
    _truth: dict[str, list[Columns]] = field(default_factory=dict)

    @property
    def start_seconds(self) -> int:
        """Epoch seconds at which the day begins, UTC."""
        return day_start_seconds(self.number)

    @property
    def end_seconds(self) -> int:
        """Epoch seconds at which the next day begins."""
        return self.start_seconds + SECONDS_PER_DAY

    def emit(self, fact: str, **columns: ArrayLike) -> None:
        """Add rows to a fact of the day; scalars are repeated. Nothing is added for empty columns."""
        values = _columns(columns)
        if values and len(next(iter(values.values()))):
            self._facts.setdefault(fact, []).append(values)

    def tell(self, table: str, **columns: ArrayLike) -> None:
        """Add rows to a table of the ledger."""
        values = _columns(columns)
        if values and len(next(iter(values.values()))):
            self._truth.setdefault(table, []).append(values)

    def fact(self, name: str) -> Columns | None:
        """The day's rows of a fact as one set of columns, or None if there were none."""
        return _joined(self._facts.get(name))

    def ledger(self) -> dict[str, Columns]:
        """The day's rows of every ledger table."""
        return {name: joined for name, parts in self._truth.items() if (joined := _joined(parts))}


def _joined(parts: list[Columns] | None) -> Columns | None:
    if not parts:
        return None
    if len(parts) > 1:
        parts[:] = [{k: np.concatenate([p[k] for p in parts]) for k in parts[0]}]
    return parts[0]
