"""The change log's own columns, common to every table of the product database."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.core.schema import Field, Kind, SourceObject, Type

LOG_FIELDS = (
    Field("op", Type.STRING, "Operation of the change: I, U or D.", required=True, staged="change_operation"),
    Field("lsn", Type.INT, "Log sequence number: grows with every change.", required=True, staged="change_lsn"),
    Field("committed_at", Type.TIMESTAMP, "When the change was committed.", required=True, staged="changed_at"),
)


def app_table(name: str, grain: str, description: str, *fields: Field) -> SourceObject:
    """Declare a table of the product database, keyed by `id`, with the change log's columns before its own."""
    return SourceObject("app", name, grain, description, (*LOG_FIELDS, *fields), ("id",), "lsn", kind=Kind.CHANGES)


def newest(rows: ArrayLike, at: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct rows of a day's changes and, for each, its last instant."""
    row, moment = np.asarray(rows, dtype=np.int64), np.asarray(at, dtype=np.int64)
    order = np.lexsort((moment, row))
    row, moment = row[order], moment[order]
    last = np.append(row[1:] != row[:-1], True) if len(row) else np.zeros(0, dtype=bool)
    return row[last], moment[last]


def logged(
    rows: NDArray[np.int64], at: NDArray[np.int64], created_at: ArrayLike, deleted: ArrayLike = False
) -> tuple[NDArray[np.int64], dict[str, Any]]:
    """Order of a log (by commit, then key) and the change log's columns in that order.

    The sequence number is the commit's second and the change's place in the day's log.
    """
    order = np.lexsort((rows, at))
    inserted = np.asarray(created_at)[order] == at[order]
    gone = np.broadcast_to(np.asarray(deleted), rows.shape)[order]
    operation = np.where(gone, "D", np.where(inserted, "I", "U")).astype(object)
    columns = {
        "op": operation,
        "lsn": at[order] * 1_000_000 + np.arange(len(order)),
        "committed_at": at[order] * 1_000_000,
    }
    return order, columns
