"""The ledger as tables. Only verification may open it: no model reads it, and no published version shows it."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from tapflow.business import ledger
from tapflow.core.errors import AskedWrongly, FileBroken
from tapflow.warehouse.engine import Limits
from tapflow.warehouse.gathered import DayFile, gather
from tapflow.warehouse.staging import SQL_TYPES


def truth_database(home: Path, limits: Limits, needed: Collection[str] | None = None) -> Path:
    """A DuckDB file with a table per table of the ledger, up to date with the finished days.

    Only the tables `needed` are brought up to date, all by default. Grain: as each table's
    declaration tells. Raises AskedWrongly before the first day is simulated.
    """
    tables = ledger_files(home)
    if not tables:
        raise AskedWrongly(f"{home} holds no ledger yet.", "Begin with: tapflow up")
    database = home / "cache" / "truth.duckdb"
    # In a short history some things have never happened: their tables are there, and empty.
    shapes = {t.name: {c.name: SQL_TYPES[c.type] for c in t.columns} for t in ledger.TABLES}
    gather(database, tables, limits, shapes, needed)
    return database


def ledger_files(home: Path) -> dict[str, list[DayFile]]:
    """Ledger table -> its files of finished days, in order. A day is finished when its marker tells."""
    tables: dict[str, list[DayFile]] = {}
    for marker in sorted((home / "sources" / "_days").glob("????-??-??.json")):
        try:
            told = json.loads(marker.read_text(encoding="utf-8"))["truth"]
            for table, file in told.items():
                path = home.absolute() / "truth" / table / f"{marker.stem}.parquet"
                tables.setdefault(table, []).append(DayFile(marker.stem, path, file["sha256"], file["bytes"]))
        except (ValueError, KeyError, TypeError) as error:
            raise FileBroken(f"{marker} is not a readable marker of a day.", "Simulate that day again.") from error
    return tables
