"""The ledger's tables: every table of the truth, declared by its domain."""

from __future__ import annotations

TABLES: tuple[TruthTable, ...] = (
    *incidents.TABLES,
    *mess.TABLES,
    *customers.TABLES,
    *sales.TABLES,
    *billing.TABLES,
)
BY_NAME: dict[str, TruthTable] = {table.name: table for table in TABLES}
