"""The ledger's list of what is honestly wrong in the systems' data."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tapflow.business.day import Day
from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

TABLES = (
    TruthTable(
        "mess",
        "one row per case of mess, on the day it began",
        "Records that a system holds wrongly, by kind: what every explained difference is summed from.",
        (
            Column("kind", Type.STRING, "duplicate_lead, duplicate_account, churned_not_closed, ..."),
            Column("system", Type.STRING, "The source system whose record is wrong."),
            Column("key", Type.STRING, "The record's id there; empty when the case is about no single record."),
            Column("account", Type.INT, "The account concerned, -1 for none."),
            Column("day", Type.DATE, "The day on which it began."),
            Column("effect", Type.FLOAT, "Its size, in the kind's own measure (USD minor units, rows, or a flag)."),
        ),
    ),
)


def tell_mess(day: Day, kind: str, system: str, key: ArrayLike, account: ArrayLike, effect: ArrayLike) -> None:
    """Write cases of mess to the ledger; `key` sets their number, scalars are repeated."""
    keys = np.atleast_1d(np.asarray(key, dtype=object))
    if len(keys) == 0:
        return
    day.tell(
        "mess",
        kind=np.full(len(keys), kind, dtype=object),
        system=np.full(len(keys), system, dtype=object),
        key=keys,
        account=np.broadcast_to(np.asarray(account, dtype=np.int64), (len(keys),)),
        day=day.number,
        effect=np.broadcast_to(np.asarray(effect, dtype=np.float64), (len(keys),)),
    )
