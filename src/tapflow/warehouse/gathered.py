"""Many small daily files, gathered in one DuckDB file for reading: opening thousands of them each time is slow.

Where a table's files are large, that counts for little and a copy would take much room: it is a view over them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from tapflow.core.errors import HomeLocked, TapflowError
from tapflow.warehouse.engine import Connection, Limits, name, opened, text

_NOTED = "_gathered"
FILES_AT_ONCE = 600
VIEWED_FROM_BYTES = 150_000_000


@dataclass(frozen=True)
class DayFile:
    """A table's file of a day; `digest` tells one content from another."""

    day: str
    path: Path
    digest: str
    bytes: int = 0


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
    viewed = {t for t, files in tables.items() if sum(f.bytes for f in files) >= VIEWED_FROM_BYTES}
    wanted = {
        t: {f.day: _viewed(f) if t in viewed else f.digest for f in files}
        for t, files in tables.items()
        if needed is None or t in needed
    }
    if _is_up_to_date(database, wanted, tables.keys(), limits, shapes):
        return
    with opened(database, limits) as connection:
        connection.execute(f"create table if not exists {_NOTED} (of_table varchar, day varchar, digest varchar)")
        noted = _noted(connection)
        for table in noted.keys() - tables.keys():
            _forget(connection, table)
        for table, notes in wanted.items():
            if table not in viewed:
                _refresh(connection, table, tables[table], noted.get(table, {}))
            elif noted.get(table, {}) != notes:
                _show(connection, table, tables[table], notes)
        for table in shapes.keys() - _there(connection):
            columns = shapes[table]
            typed = ", ".join(f"{name(column)} {kind}" for column, kind in columns.items())
            connection.execute(f"create table {name(table)} ({typed})")


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
        there = _there(connection)
        if _NOTED not in there or shapes.keys() - there:
            return False
        noted = _noted(connection)
    return not noted.keys() - set(known) and all(noted.get(t, {}) == days for t, days in wanted.items())


def _there(connection: Connection) -> set[str]:
    views = "select view_name from duckdb_views() where not internal"
    found = connection.execute(f"select table_name from duckdb_tables() union all {views}").fetchall()
    return {row[0] for row in found}


def _noted(connection: Connection) -> dict[str, dict[str, str]]:
    noted: dict[str, dict[str, str]] = {}
    for table, day, digest in connection.execute(f"select * from {_NOTED}").fetchall():
        noted.setdefault(table, {})[day] = digest
    return noted


def _forget(connection: Connection, table: str) -> None:
    connection.execute("begin")
    _drop(connection, table)
    connection.execute("commit")


def _drop(connection: Connection, table: str) -> None:
    kinds = "select 'view' from duckdb_views() where view_name = $1 union all select 'table' from duckdb_tables() "
    for (kind,) in connection.execute(f"{kinds} where table_name = $1", [table]).fetchall():
        connection.execute(f"drop {kind} {name(table)}")
    connection.execute(f"delete from {_NOTED} where of_table = {text(table)}")


def _viewed(file: DayFile) -> str:
    """A note of a file that is read where it lies: another place is another file."""
    return f"{file.digest} {file.path}"


def _show(connection: Connection, table: str, files: list[DayFile], wanted: Mapping[str, str]) -> None:
    paths = ", ".join(text(f.path) for f in files)
    notes = ", ".join(f"({text(day)}, {text(note)})" for day, note in wanted.items())
    connection.execute("begin")
    _drop(connection, table)
    connection.execute(f"create view {name(table)} as select * from read_parquet([{paths}], hive_partitioning = false)")
    connection.execute(f"insert into {_NOTED} select {text(table)}, * from (values {notes})")
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
