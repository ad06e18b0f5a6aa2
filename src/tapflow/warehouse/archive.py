"""Old partitions that the lake alone holds, so that the working file does not grow with history.

A table that grows by days holds mostly days that stay as they are. Once such a table is published,
partitions older than the newest weeks leave the working file; `raw._archived` tells which, with
their digests, and a view `archived.<table>` reads them from the lake. Models that look back further
read both (`whole` in the dbt project's macros), and one that changes an old day brings its partition
back first (`touch`). What leaves is always a table's oldest stretch: the rest begins where it ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

import duckdb

from tapflow.core.errors import CheckFailed, UnknownName
from tapflow.lake import Lake, LakeFile, PartitionField, Scan, Split
from tapflow.warehouse.digest import WHOLE, Grain, Part, begin_day, begin_of, part_name
from tapflow.warehouse.engine import Connection, name, text
from tapflow.warehouse.models import PublishedModel
from tapflow.warehouse.version import PublishedTable, Versions

TABLE = "raw._archived"
SCHEMA = "archived"
LOADED_AT = "loaded_at"


@dataclass(frozen=True)
class Archive:
    """What of a table the lake alone holds: its oldest partitions. `ends` is the first day that is not among them."""

    by_column: str
    begins: date
    ends: date
    parts: Mapping[str, Part]

    @property
    def rows(self) -> int:
        """How many rows these are."""
        return sum(p.rows for p in self.parts.values())


def open_archive(connection: Connection) -> None:
    """Make room for the notes; those of tables that are gone from the working file go."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(
        f"create table if not exists {TABLE} (relation varchar, by_column varchar, begins date, ends date, "
        "rows bigint, digest varchar, newest_loaded_at timestamp)"
    )
    connection.execute(
        f"delete from {TABLE} where relation not in (select schema_name || '.' || table_name from duckdb_tables())"
    )


def archives(connection: Connection) -> dict[str, Archive]:
    """What the lake alone holds, by table (`schema.name`)."""
    try:
        noted = connection.execute(
            f"select relation, by_column, begins, ends, rows, digest from {TABLE} order by relation, begins"
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    found: dict[str, Archive] = {}
    for relation, column, begins, ends, rows, digest in noted:
        part = {part_name(begins): Part(rows, digest)}
        before = found.get(relation)
        found[relation] = (
            Archive(column, begins, ends, part)
            if before is None
            else Archive(column, before.begins, max(before.ends, ends), {**before.parts, **part})
        )
    return found


def show_archives(connection: Connection, lake: Lake, versions: Versions, anew: Collection[str] = ()) -> None:
    """Create the views `archived.<table>` over the lake's files.

    Raises CheckFailed when the lake has lost rows. Those of tables `anew` need not be there: such a table leaves the
    working file, so that the next build makes all of it.
    """
    for relation, archive in archives(connection).items():
        scan = next(_holding(lake, relation, archive, versions), None)
        if scan is not None:
            connection.execute(f"create or replace view {_view(relation)} as {scan.duckdb_sql}")
        elif relation in anew:
            connection.execute(f"drop table {_table(relation)}")
            _forget(connection, relation)
        else:
            raise CheckFailed(
                f"The lake no longer holds all old rows of {relation}, and nothing else does.",
                "Put the lake's files back from a copy, or run `tapflow build --full-refresh`: it makes anew what is "
                "made of records that are still there.",
            )


def _holding(lake: Lake, relation: str, archive: Archive, versions: Versions) -> Iterator[Scan]:
    """The archived files of the table, as versions know it, the newest first, and then as it is.

    Another hand may have written in the table since, or a publisher was killed.
    """
    if not lake.exists(relation):
        return
    for snapshot in _snapshots(relation, archive, versions):
        with suppress(UnknownName):  # one that was let go
            scan = lake.scan(relation, snapshot)
            files = tuple(f for f in scan.files if _part(f, archive.by_column) in archive.parts)
            if scan.by_name and sum(f.rows for f in files) == archive.rows:
                yield replace(scan, files=files)


def _snapshots(relation: str, archive: Archive, versions: Versions) -> Iterator[int | None]:
    """Snapshots that a draft or a version names and that hold these very partitions; at last the table's head, None."""
    draft = versions.draft()
    for version in chain([draft] if draft else [], map(versions.read, reversed(versions.ids()))):
        published = version.tables.get(relation)
        if published and archive.parts.items() <= published.parts.items():
            yield published.snapshot
    yield None


def bring_back(connection: Connection, relation: str) -> None:
    """Put all that the lake alone holds of a table back into the working file. Its view must be there."""
    archive = archives(connection).get(relation)
    if archive is None:
        return
    column = name(archive.by_column)
    connection.execute("begin")
    back = connection.execute(
        f"insert into {_table(relation)} by name select * from {_view(relation)} "
        f"where {column} >= date '{archive.begins}' and {column} < date '{archive.ends}'"
    ).fetchone()
    if back != (archive.rows,):
        connection.execute("rollback")
        raise CheckFailed(f"The lake holds other old rows of {relation} than it did.", "Run `tapflow build` again.")
    _forget(connection, relation)
    connection.execute("commit")


def let_leave(connection: Connection, model: PublishedModel, table: PublishedTable, before: date) -> None:
    """Take partitions that end by `before` out of the working file: `table` tells that the lake holds them.

    A table keeps its newest partition, however old: what comes next is told by it.
    """
    if model.partition is None:
        return
    relation, column = _table(model.table), name(model.partition)
    begin = begin_of(model.partition, model.grain)
    held = connection.execute(f"select max({begin}) from {relation}").fetchone()
    if held is None or held[0] is None:
        return
    kept_from = part_name(min(begin_day(before, model.grain), held[0]))
    noted = archives(connection).get(model.table)
    dated = sorted(p for p in table.parts if p != WHOLE and p < kept_from)
    leaving = [p for p in dated if noted is None or p not in noted.parts]
    if not leaving:
        return
    newest = f"max({LOADED_AT})" if LOADED_AT in table.columns else "cast(null as timestamp)"
    known = ", ".join(f"(date '{p}', {table.parts[p].rows}, {text(table.parts[p].digest)})" for p in leaving)
    connection.execute("begin")
    connection.execute(
        f"insert into {TABLE} select {text(model.table)}, {text(model.partition)}, begins, "
        f"cast(begins + interval 1 {model.grain} as date), known.rows, digest, newest "
        f"from (values {known}) as known (begins, rows, digest) "
        f"left join (select {begin} as begins, {newest} as newest from {relation} "
        f"where {column} < date '{kept_from}' group by all) using (begins)"
    )
    gone = connection.execute(f"delete from {relation} where {column} < date '{kept_from}'").fetchone()
    if gone != (sum(table.parts[p].rows for p in leaving),):
        connection.execute("rollback")
        raise CheckFailed(f"{model.table} is not as it was published.", "Run `tapflow build` again.")
    connection.execute("commit")


def partition_of(file: LakeFile, column: str | None, grain: Grain) -> str:
    """The name of the partition that a file of the lake holds."""
    if column is None:
        return WHOLE
    value = file.partition.get(PartitionField(column, Split(grain.value)).name)
    return value.isoformat() if isinstance(value, date) else WHOLE


def no_longer_growing(connection: Connection, by_column: Mapping[str, str | None]) -> list[str]:
    """Tables of which the lake alone holds something, though their models do not grow by that column (any more)."""
    return sorted(t for t, archive in archives(connection).items() if by_column.get(t) != archive.by_column)


def _forget(connection: Connection, relation: str) -> None:
    connection.execute(f"delete from {TABLE} where relation = {text(relation)}")


def _part(file: LakeFile, column: str) -> str:
    found = (partition_of(file, column, grain) for grain in Grain)
    return next((p for p in found if p != WHOLE), WHOLE)


def _table(relation: str) -> str:
    return ".".join(name(part) for part in relation.split("."))


def _view(relation: str) -> str:
    return f"{SCHEMA}.{name(relation.split('.')[1])}"
