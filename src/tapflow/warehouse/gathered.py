"""Many small daily files, gathered in one DuckDB file for reading: opening thousands of them each time is slow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tapflow.core.errors import TapflowError
from tapflow.warehouse.engine import Connection, Limits, name, opened, text

_NOTED = "_gathered"
FILES_AT_ONCE = 600


@dataclass(frozen=True)
class DayFile:
    """A table's file of a day; `digest` tells one content from another."""

    day: str
    path: Path
    digest: str


Shapes = Mapping[str, Mapping[str, str]]
"""Table -> column -> SQL type."""


def gather(database: Path, tables: Mapping[str, list[DayFile]], limits: Limits, shapes: Shapes | None = None) -> None:
    """Bring `database` up to date: a table per name, holding the rows of exactly these files.

    Tables of `shapes` that have no file yet are there, too, without rows.
    Only files that are new or of another digest are read. A file that cannot be read as a
    database is made anew: it holds nothing of its own.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        _gather(database, tables, limits, shapes or {})
    except TapflowError:
        if not database.exists():
            raise
        database.unlink()
        _gather(database, tables, limits, shapes or {})


def _gather(database: Path, tables: Mapping[str, list[DayFile]], limits: Limits, shapes: Shapes) -> None:
    with opened(database, limits) as connection:
        connection.execute(f"create table if not exists {_NOTED} (of_table varchar, day varchar, digest varchar)")
        noted: dict[str, dict[str, str]] = {}
        for table, day, digest in connection.execute(f"select * from {_NOTED}").fetchall():
            noted.setdefault(table, {})[day] = digest
        for table in noted.keys() - tables.keys():
            _forget(connection, table)
        for table, files in tables.items():
            _refresh(connection, table, files, noted.get(table, {}))
        for table, columns in shapes.items():
            typed = ", ".join(f"{name(column)} {kind}" for column, kind in columns.items())
            connection.execute(f"create table if not exists {name(table)} ({typed})")


def _forget(connection: Connection, table: str) -> None:
    connection.execute("begin")
    connection.execute(f"drop table if exists {name(table)}")
    connection.execute(f"delete from {_NOTED} where of_table = {text(table)}")
    connection.execute("commit")


def _refresh(connection: Connection, table: str, files: list[DayFile], noted: Mapping[str, str]) -> None:
    wanted = {f.day: f.digest for f in files}
    if any(wanted.get(day) != digest for day, digest in noted.items()):
        # A day was made again or went: rare, and a table is soon read anew.
        _forget(connection, table)
        noted = {}
    new = [f for f in files if f.day not in noted]
    for start in range(0, len(new), FILES_AT_ONCE):
        some = new[start : start + FILES_AT_ONCE]
        paths = ", ".join(text(f.path) for f in some)
        rows = f"select * from read_parquet([{paths}], hive_partitioning = false)"
        connection.execute("begin")
        connection.execute(f"create table if not exists {name(table)} as {rows} limit 0")
        connection.execute(f"insert into {name(table)} {rows}")
        connection.executemany(f"insert into {_NOTED} values (?, ?, ?)", [(table, f.day, f.digest) for f in some])
        connection.execute("commit")
