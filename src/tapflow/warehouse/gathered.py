"""Many small daily files, gathered in one DuckDB file for reading: opening thousands of them each time is slow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from tapflow.core.errors import HomeLocked, TapflowError
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


def gather(
    database: Path,
    tables: Mapping[str, list[DayFile]],
    limits: Limits,
    shapes: Shapes | None = None,
    needed: Collection[str] | None = None,
) -> None:
    """Bring `database` up to date: a table per name, holding the rows of exactly these files.

    Tables of `shapes` that have no file yet are there, too, without rows. Only tables `needed`
    are brought up to date, all by default; the others stay as they were, or empty.
    Only files that are new or of another digest are read. A file that cannot be read as a
    database is made anew: it holds nothing of its own.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        _gather(database, tables, limits, shapes or {}, needed)
    except HomeLocked:
        raise  # whole, and in use elsewhere
    except TapflowError:
        if not database.exists():
            raise
        database.unlink()
        _gather(database, tables, limits, shapes or {}, needed)


def _gather(
    database: Path,
    tables: Mapping[str, list[DayFile]],
    limits: Limits,
    shapes: Shapes,
    needed: Collection[str] | None,
) -> None:
    wanted = {t: {f.day: f.digest for f in files} for t, files in tables.items() if needed is None or t in needed}
    if _is_up_to_date(database, wanted, tables.keys(), limits, shapes):
        return
    with opened(database, limits) as connection:
        connection.execute(f"create table if not exists {_NOTED} (of_table varchar, day varchar, digest varchar)")
        noted = _noted(connection)
        for table in noted.keys() - tables.keys():
            _forget(connection, table)
        for table in wanted:
            _refresh(connection, table, tables[table], noted.get(table, {}))
        for table, columns in shapes.items():
            typed = ", ".join(f"{name(column)} {kind}" for column, kind in columns.items())
            connection.execute(f"create table if not exists {name(table)} ({typed})")


def _is_up_to_date(
    database: Path,
    wanted: Mapping[str, Mapping[str, str]],
    known: Collection[str],
    limits: Limits,
    shapes: Shapes,
) -> bool:
    """Whether nothing is to be written: seen by reading only, so that several may read at once."""
    if not database.exists():
        return False
    with opened(database, limits, read_only=True) as connection:
        there = {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}
        if _NOTED not in there or shapes.keys() - there:
            return False
        noted = _noted(connection)
    return not noted.keys() - set(known) and all(noted.get(t, {}) == days for t, days in wanted.items())


def _noted(connection: Connection) -> dict[str, dict[str, str]]:
    noted: dict[str, dict[str, str]] = {}
    for table, day, digest in connection.execute(f"select * from {_NOTED}").fetchall():
        noted.setdefault(table, {})[day] = digest
    return noted


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
        notes = ", ".join(f"({text(f.day)}, {text(f.digest)})" for f in some)
        connection.execute("begin")
        connection.execute(f"create table if not exists {name(table)} as {rows} limit 0")
        connection.execute(f"insert into {name(table)} {rows}")
        # One statement: a statement a file takes a third of the whole time.
        connection.execute(f"insert into {_NOTED} select {text(table)}, * from (values {notes})")
        connection.execute("commit")
