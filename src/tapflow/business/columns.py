"""Growable tables of NumPy columns: the company's memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Table:
    """Columns of equal length; a row's number is its identity and never changes.

    Reading a column gives a view of its used part: `t.status[rows] = x` writes through.
    """

    def __init__(self, **dtypes: str) -> None:
        self._n = 0
        self._columns: dict[str, NDArray[Any]] = {k: np.zeros(16, dtype=v) for k, v in dtypes.items()}

    def __len__(self) -> int:
        return self._n

    def __getattr__(self, name: str) -> NDArray[Any]:
        columns = self.__dict__.get("_columns")
        if columns is None or name not in columns:
            raise AttributeError(name)
        return columns[name][: self._n]

    def __setattr__(self, name: str, value: Any) -> None:
        # `t.column *= 2` ends in an assignment: it writes through, and never hides the column.
        columns = self.__dict__.get("_columns")
        if columns is not None and name in columns:
            columns[name][: self._n] = value
        else:
            self.__dict__[name] = value

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name][: self._n]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(self._columns)

    @property
    def rows(self) -> NDArray[np.int64]:
        """All row numbers."""
        return np.arange(self._n, dtype=np.int64)

    def append(self, count: int | None = None, /, **values: ArrayLike) -> NDArray[np.int64]:
        """Add rows; scalars are repeated, columns not given are zero. Answers the new rows' numbers."""
        unknown = set(values) - set(self._columns)
        if unknown:
            raise KeyError(f"unknown columns: {', '.join(sorted(unknown))}")
        if count is None:
            sizes = [np.asarray(v).shape[0] for v in values.values() if np.ndim(v)]
            count = max(sizes) if sizes else 1
        start, stop = self._n, self._n + count
        self._reserve(stop)
        for name, column in self._columns.items():
            column[start:stop] = values.get(name, 0)
        self._n = stop
        return np.arange(start, stop, dtype=np.int64)

    def keep(self, wanted: NDArray[np.bool_]) -> None:
        """Drop all rows but the wanted ones. Row numbers change: for tables whose rows carry their own identity."""
        for name, column in self._columns.items():
            self._columns[name] = column[: self._n][wanted]
        self._n = int(wanted.sum())
        if self._n == 0:
            self._columns = {k: np.zeros(16, dtype=v.dtype) for k, v in self._columns.items()}

    def _reserve(self, size: int) -> None:
        for name, column in self._columns.items():
            if len(column) < size:
                grown = np.zeros(max(size, 2 * len(column)), dtype=column.dtype)
                grown[: self._n] = column[: self._n]
                self._columns[name] = grown

    def __getstate__(self) -> dict[str, Any]:
        return {"_n": self._n, "_columns": {k: v[: self._n].copy() for k, v in self._columns.items()}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._columns = {k: v.copy() for k, v in state["_columns"].items()}
        if self._n == 0:
            self._columns = {k: np.zeros(16, dtype=v.dtype) for k, v in self._columns.items()}
