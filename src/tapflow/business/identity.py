"""Which records of which systems are the same customer or person: told as the records come to be.

A row is told when a record first exists in a system, and again when its link becomes known;
the ids come from pure functions of row numbers (`core.vendor_ids` for what the business must
name itself), so that the ledger can speak of a vendor's record without reading one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tapflow.business.day import Day
from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

TABLES = (
    TruthTable(
        "identity",
        "one row per record of a system that stands for a customer or a person; a repeated one says the same",
        "Identities across systems, doubles included. Records that stand for nobody of ours are not listed.",
        (
            Column("system", Type.STRING, "The source system."),
            Column("entity", Type.STRING, "account or user."),
            Column("system_id", Type.STRING, "The record's id in that system."),
            Column("account", Type.INT, "The account's number; -1 for users."),
            Column("user", Type.INT, "The user's number; -1 for accounts."),
        ),
    ),
)


def tell_accounts(day: Day, system: str, system_ids: ArrayLike, accounts: ArrayLike) -> None:
    """Tell that records of a system are these accounts (numbers of the spine)."""
    _tell(day, system, "account", system_ids, accounts, -1)


def tell_users(day: Day, system: str, system_ids: ArrayLike, users: ArrayLike) -> None:
    """Tell that records of a system are these people (numbers of the spine)."""
    _tell(day, system, "user", system_ids, -1, users)


def _tell(day: Day, system: str, entity: str, ids: ArrayLike, account: ArrayLike, user: ArrayLike) -> None:
    keys = np.atleast_1d(np.asarray(ids, dtype=object))
    if len(keys) == 0:
        return
    day.tell(
        "identity",
        system=np.full(len(keys), system, dtype=object),
        entity=np.full(len(keys), entity, dtype=object),
        system_id=keys,
        account=np.broadcast_to(np.asarray(account, dtype=np.int64), (len(keys),)),
        user=np.broadcast_to(np.asarray(user, dtype=np.int64), (len(keys),)),
    )
