"""What changed in tables that grow, since they were last tested and published.

A table that grows by days holds mostly days that stay as they are. Its models note the first day
that they touch (`touched` in the dbt project's macros), in `raw._touched` of the working file. Rows
of earlier days were tested and digested for the version that was published before, and need be
neither again. No note means that anything may have changed. Notes hold for one state of the
project: with another one, everything is tested and digested once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from tapflow.warehouse.engine import Connection

TABLE = "raw._touched"
NEVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Touched:
    """Of a table: the first day that changed (`NEVER`: none), and the lake's snapshot that holds it as it was."""

    from_day: date
    snapshot: int | None


def open_notes(connection: Connection, state: str, anew: bool = False) -> None:
    """Make room for notes.

    Those of another state (of project and engine) go, and those of tables that are gone; with `anew` all.
    """
    connection.execute(
        f"create table if not exists {TABLE} (relation varchar, state varchar, snapshot bigint, from_day date)"
    )
    connection.execute(
        f"delete from {TABLE} where state <> ? or ? or relation not in "
        "(select schema_name || '.' || table_name from duckdb_tables())",
        [state, anew],
    )


def touched(connection: Connection) -> dict[str, Touched]:
    """Notes by table (`schema.name`); none for a table of which anything may have changed."""
    try:
        rows = connection.execute(f"select relation, from_day, snapshot from {TABLE}").fetchall()
    except duckdb.CatalogException:
        return {}
    return {relation: Touched(from_day, snapshot) for relation, from_day, snapshot in rows}


def settle(connection: Connection, state: str, snapshots: Mapping[str, int | None]) -> None:
    """Note of tables that all of them is tested, and published at these snapshots (None: not for readers)."""
    connection.execute("begin")
    open_notes(connection, state, anew=True)
    for name, snapshot in snapshots.items():
        connection.execute(f"insert into {TABLE} values (?, ?, ?, ?)", [name, state, snapshot, NEVER])
    connection.execute("commit")
