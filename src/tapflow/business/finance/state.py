"""Finance's memory: balances of the books, the year's plan, and the journal of the day."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day

NONE = -1  # no department, no product line


class Finance:
    """What finance remembers between days; money in USD minor units."""

    def __init__(self) -> None:
        self.balance: dict[int, int] = {}  # by account number; debits are positive
        self.owed: int = 0  # payables at the end of last month: paid this month
        self.planned_minor: int = 0  # monthly revenue on which the running year's budgets rest
        self.planned_month: int = 0  # month (since 1970) in which they begin
        self.next_entry: int = 1


@dataclass
class Journal:
    """The day's journal lines; a debit is positive, a credit negative. An entry is one kind of a day."""

    kinds: list[NDArray[np.object_]] = field(default_factory=list)
    columns: list[NDArray[np.int64]] = field(default_factory=list)

    def book(
        self,
        kind: str,
        account: ArrayLike,
        amount_minor: ArrayLike,
        department: ArrayLike = NONE,
        line: ArrayLike = NONE,
    ) -> None:
        """Add lines: ledger account numbers, signed amounts, rows of departments and product lines."""
        parts = np.broadcast_arrays(*(np.atleast_1d(np.asarray(p)) for p in (account, department, line, amount_minor)))
        rows = np.stack([np.asarray(p, dtype=np.int64) for p in parts], axis=1)
        self.kinds.append(np.full(len(rows), kind, dtype=object))
        self.columns.append(rows)

    def post(self, company: Company, day: Day) -> None:
        """Close the day: each kind is an entry; emits `journal_line`. Raises ValueError if one does not balance."""
        finance = company.part(Finance)
        if not self.columns:
            return
        kinds, rows = np.concatenate(self.kinds), np.concatenate(self.columns)
        entry_of: dict[str, int] = {}
        for kind in kinds.tolist():
            entry_of.setdefault(kind, len(entry_of))
        entry = np.array([entry_of[k] for k in kinds.tolist()], dtype=np.int64)
        packed, amount = _summed(np.column_stack([entry, rows[:, :3]]), rows[:, 3])
        totals = np.zeros(len(entry_of), dtype=np.int64)
        np.add.at(totals, packed[:, 0], amount)
        if totals.any():
            raise ValueError(f"entries do not balance on day {day.number}: {totals.tolist()} of {list(entry_of)}")
        words = np.array(list(entry_of), dtype=object)
        day.emit(
            "journal_line", entry=finance.next_entry + packed[:, 0], kind=words[packed[:, 0]], account=packed[:, 1],
            department=packed[:, 2], line=packed[:, 3], amount_minor=amount,
        )  # fmt: skip
        finance.next_entry += len(entry_of)
        for account, value in zip(packed[:, 1].tolist(), amount.tolist(), strict=True):
            finance.balance[account] = finance.balance.get(account, 0) + value


def _summed(keys: NDArray[np.int64], amount: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Amounts summed by key, keys ascending; sums of zero are left out."""
    unique, place = np.unique(keys, axis=0, return_inverse=True)
    total = np.zeros(len(unique), dtype=np.int64)
    np.add.at(total, place.ravel(), amount)
    some = total != 0
    return unique[some], total[some]
