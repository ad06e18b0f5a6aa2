"""Raw tables as dbt sees them: views of schema `raw` over the files that the lake's scan names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import pyarrow as pa

from tapflow.warehouse.engine import Connection, name, text

CLOCK_TABLE = "raw._clock"


class Planned(Protocol):
    """A table of the lake as of a point in time, as `tapflow.lake` plans it."""

    @property
    def columns(self) -> Sequence[tuple[str, str]]:
        """Names and SQL types."""

    @property
    def by_name(self) -> bool:
        """Whether `duckdb_sql` gives the right rows; otherwise only `batches` does."""

    @property
    def duckdb_sql(self) -> str:
        """A SELECT over the files."""

    def batches(self) -> pa.RecordBatchReader:
        """The rows through Arrow."""


@dataclass(frozen=True)
class Clock:
    """The span that the warehouse shows, in simulated days, both ends included.

    `hours_from`: the first day of which hours are wanted, where only the newest are kept (None: all).
    In a history that is built by slices it is known long before the end, and saves making what would go.
    """

    first_day: date
    last_day: date
    hours_from: date | None = None

    @property
    def simulated_now(self) -> datetime:
        """The first instant after the last day."""
        return datetime.combine(self.last_day + timedelta(days=1), datetime.min.time())


def select_nothing(columns: Iterable[tuple[str, str]]) -> str:
    """A query of typed columns and no row."""
    typed = ", ".join(f"cast(null as {kind}) as {name(column)}" for column, kind in columns)
    return f"select {typed} where false"


def register(
    connection: Connection,
    declared: Mapping[str, Mapping[str, str]],
    planned: Mapping[str, Planned],
    clock: Clock,
) -> None:
    """Create schema `raw`: the clock, and a view per declared raw table (name -> column -> SQL type).

    A table that the lake does not hold is an empty typed view; a declared column that it does
    not hold yet is null; what it holds beyond the declaration is left out. Nothing is copied,
    except a table that can only be read through Arrow.
    """
    connection.execute("create schema if not exists raw")
    connection.execute(
        f"create or replace table {CLOCK_TABLE} as select cast({text(clock.simulated_now)} as timestamp) as "
        f"simulated_now, date {text(clock.first_day)} as first_day, date {text(clock.last_day)} as data_through_day, "
        f"date {text(clock.hours_from or date(1970, 1, 1))} as hours_from_day"
    )
    for table, columns in declared.items():
        found = planned.get(table)
        body = select_nothing(columns.items()) if found is None else _shown(connection, table, columns, found)
        connection.execute(f"create or replace view raw.{name(table)} as {body}")


def _shown(connection: Connection, table: str, declared: Mapping[str, str], planned: Planned) -> str:
    held = {column.lower() for column, _ in planned.columns}
    columns = ", ".join(
        name(c) if c.lower() in held else f"cast(null as {kind}) as {name(c)}" for c, kind in declared.items()
    )
    return f"select {columns} from {_source(connection, table, planned)}"


def _source(connection: Connection, table: str, planned: Planned) -> str:
    if planned.by_name:
        return f"({planned.duckdb_sql})"
    connection.execute("create schema if not exists raw_copied")
    copy = f"raw_copied.{name(table)}"
    connection.register("_arriving", planned.batches())
    connection.execute(f"create or replace table {copy} as select * from _arriving")
    connection.unregister("_arriving")
    return copy
