"""Reading a published version: SQL that can see the version's tables and nothing else."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb

from tapflow.core.errors import AskedWrongly, FileBroken, LimitReached, TapflowError, UnknownName, ValueFailed
from tapflow.warehouse.engine import Connection, Limits, explained, limit, name, text, told
from tapflow.warehouse.version import Version, Versions

_MISSING_TABLE = re.compile(r"Table with name (\S+) does not exist")
_MISSING_COLUMN = re.compile(r'Referenced column "([^"]+)" (?:was )?not found')
_SYSTEM_SCHEMAS = "('information_schema', 'pg_catalog')"


@dataclass(frozen=True)
class Answer:
    """The rows of a query."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Reader:
    """A connection that reads only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def query(self, sql: str) -> Answer:
        """Run one SELECT. Raises AskedWrongly or UnknownName that says what is wrong with it."""
        _require_one_select(self._connection, sql)
        try:
            result = self._connection.execute(sql)
            rows = result.fetchall()
        except duckdb.Error as error:
            raise self._explained(error) from error
        described = result.description or []
        return Answer(tuple(d[0] for d in described), tuple(str(d[1]) for d in described), rows)

    def run(self, sql: str, seconds: float, rows: int) -> Answer:
        """Run one SELECT that was judged before, within a time and a number of rows.

        Raises LimitReached beyond either, ValueFailed when it fails on a value, AskedWrongly or
        UnknownName when it means nothing.
        """
        _require_one_select(self._connection, sql)
        with _interrupting(self._connection, seconds) as watch:
            try:
                result = self._connection.execute(sql)
                found = result.fetchmany(rows + 1)
            except duckdb.Error as error:
                if watch.is_over:
                    raise _too_slow(seconds) from error
                raise self._explained(error) from error
        if len(found) > rows:
            raise LimitReached(
                f"The answer has more than {rows:,} rows.", "Ask for totals, or add a WHERE or a LIMIT to the query."
            )
        described = result.description or []
        return Answer(tuple(d[0] for d in described), tuple(str(d[1]) for d in described), found)

    def tree(self, sql: str) -> dict[str, Any]:
        """How the engine itself reads a query: tables, functions and all, as `json_serialize_sql` tells."""
        row = self._connection.execute("select json_serialize_sql(cast(? as varchar))", [sql]).fetchone()
        assert row is not None
        told: dict[str, Any] = json.loads(row[0])
        return told

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query of the platform's own."""
        try:
            rows: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
            return rows
        except duckdb.Error as error:
            raise self._explained(error) from error

    def tables(self) -> list[str]:
        """The tables that can be asked, `schema.table` (`truth.table` for the ledger's)."""
        rows = self._connection.execute(
            "select database_name, schema_name, table_name from (select database_name, schema_name, table_name "
            "from duckdb_tables() union all select database_name, schema_name, view_name from duckdb_views() "
            f"where not internal) where schema_name not in {_SYSTEM_SCHEMAS} "
            "and database_name not in ('system', 'temp') and table_name not like '\\_%' escape '\\'"
        ).fetchall()
        return sorted(f"{database if schema == 'main' else schema}.{table}" for database, schema, table in rows)

    def columns(self) -> list[str]:
        """The names of all columns that can be asked."""
        rows = self._connection.execute("select distinct column_name from duckdb_columns() where not internal")
        return sorted(r[0] for r in rows.fetchall())

    def _explained(self, error: duckdb.Error) -> TapflowError:
        said = str(error)
        if found := _MISSING_TABLE.search(said):
            return self._no_table(found[1])
        if found := _MISSING_COLUMN.search(said):
            return UnknownName("column", found[1], self.columns())
        if isinstance(error, duckdb.PermissionException):
            return AskedWrongly("A query may read the published tables only, no files and no settings.")
        if isinstance(error, duckdb.BinderException | duckdb.ParserException | duckdb.CatalogException):
            return AskedWrongly(_first_lines(said))
        if isinstance(error, duckdb.IOException):
            return FileBroken(
                f"A file of the published version cannot be read: {_first_lines(said)}",
                "Run `tapflow build`, or `tapflow rollback` to a version that is whole.",
            )
        if isinstance(error, duckdb.DataError | duckdb.InvalidInputException):
            return ValueFailed(_first_lines(said))
        return explained(error, "the published version")

    def _no_table(self, asked: str) -> TapflowError:
        tables = self.tables()
        bare = asked.rsplit(".", 1)[-1].strip('"')
        same = [t for t in tables if t.split(".")[-1] == bare]
        near = same or difflib.get_close_matches(bare, [t.split(".")[-1] for t in tables], n=3, cutoff=0.6)
        full = [t for t in tables if t in near or t.split(".")[-1] in near]
        step = f"Did you mean {' or '.join(full[:3])}?" if full else f"There are: {', '.join(tables[:12])}."
        return AskedWrongly(f"There is no table {asked}.", step)


def _too_slow(seconds: float) -> LimitReached:
    return LimitReached(
        f"The query took longer than {seconds:g} seconds and was stopped.", "Ask for fewer days or fewer columns."
    )


class _Watch:
    """Interrupts a connection when its time is over."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        self.is_over = False
        self._connection = connection
        self._timer = Timer(seconds, self._stop)
        self._timer.daemon = True

    def _stop(self) -> None:
        self.is_over = True
        self._connection.interrupt()


@contextmanager
def _interrupting(connection: Connection, seconds: float) -> Iterator[_Watch]:
    watch = _Watch(connection, seconds)
    watch._timer.start()
    try:
        yield watch
    finally:
        watch._timer.cancel()


def _first_lines(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("Candidate")]
    return " ".join(line.strip() for line in lines[:1])


def _require_one_select(connection: Connection, sql: str) -> None:
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise AskedWrongly(_first_lines(str(error))) from error
    if len(statements) != 1:
        raise AskedWrongly(f"One statement at a time: there are {len(statements)}.")
    if statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        kind = str(statements[0].type).rsplit(".", 1)[-1].lower()
        raise AskedWrongly(f"Only a SELECT may be asked, not {kind}.", "The published tables are never changed here.")


@contextmanager
def reading(
    versions: Versions,
    limits: Limits,
    version: str | None = None,
    attached: Mapping[str, Path] | None = None,
    folders: Sequence[Path] = (),
) -> Iterator[Reader]:
    """A reader of a version (the current one by default), with other DuckDB files under names of their own.

    The connection may open only the files that belong to these and what lies in `folders`, changes
    nothing, and its settings are locked.
    """
    chosen = versions.current() if version is None else versions.read(version)
    views = versions.views(chosen.id)
    if not views.is_file():
        raise FileBroken(f"The version {chosen.id} has lost its views.", "Run `tapflow build`.")
    with told(str(views)):
        connection = duckdb.connect(str(views), read_only=True)
    try:
        limit(connection, limits)
        for alias, path in (attached or {}).items():
            connection.execute(f"attach {text(path)} as {name(alias)} (read_only)")
        _close_doors(connection, _files(chosen), folders)
        yield Reader(connection)
    finally:
        connection.close()


def _files(version: Version) -> list[str]:
    return [file for table in version.tables.values() for file in table.files]


def _close_doors(connection: Connection, files: Sequence[str], folders: Sequence[Path] = ()) -> None:
    allowed = ", ".join(text(f) for f in files)
    within = ", ".join(text(f"{f.absolute()}/") for f in folders)
    connection.execute("set parquet_metadata_cache = true")
    # A name that no table carries must not be looked for among this process's own variables.
    connection.execute("set python_enable_replacements = false")
    connection.execute("set autoload_known_extensions = false")
    connection.execute("set autoinstall_known_extensions = false")
    connection.execute("set allow_community_extensions = false")
    connection.execute(f"set allowed_paths = [{allowed}]")
    connection.execute(f"set allowed_directories = [{within}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
