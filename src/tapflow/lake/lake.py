"""The lake: Iceberg tables over a SQL catalogue and a folder of files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table

from tapflow.core.errors import AskedWrongly, UnknownName
from tapflow.lake import compaction, evolution, maintenance
from tapflow.lake.catalogue import Catalogue, open_catalogue
from tapflow.lake.columns import arrow_schema, conform, sql_type
from tapflow.lake.commits import Change, commit
from tapflow.lake.creation import create_table
from tapflow.lake.faults import Hook, silent, told
from tapflow.lake.listing import snapshot_infos, table_info
from tapflow.lake.maintenance import KEEP_SNAPSHOTS, Removed
from tapflow.lake.model import (
    AsOf,
    DataColumns,
    LakeFile,
    NewFile,
    PartitionField,
    Partitioning,
    SnapshotInfo,
    TableInfo,
)
from tapflow.lake.parquet import Describer, new_file, new_name, partition_folder, write_parquet
from tapflow.lake.partitions import split_rows
from tapflow.lake.scans import CONSTANTS, THROUGH, Scan, in_path, rows_of, scan_table, through

EXPIRE_EVERY = 20
PARTITIONED_BY, BY_HAND = "tapflow.partitioned", "by hand"


class Lake:
    """The tables under a home's `lake` folder.

    `home` is the platform's home; `catalogue_url` a SQLAlchemy URL that replaces the SQLite file
    `<home>/lake/catalog.db`. Table names are `namespace.table`. Every change is one atomic
    commit. Raises UnknownName for a table that is not there, DiskFull and SurroundingsFailed
    for what the machine refuses.
    """

    def __init__(self, home: Path, catalogue_url: str | None = None, hook: Hook = silent) -> None:
        self.folder = Path(home).absolute() / "lake"
        self.hook = hook
        self._catalogue: Catalogue = open_catalogue(self.folder, catalogue_url, hook)
        self._namespaces: set[str] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the catalogue."""
        self._catalogue.close()

    # -- what there is ------------------------------------------------------------------

    def names(self, namespace: str | None = None) -> list[str]:
        """The tables' names, sorted."""
        with told("the lake's catalogue"):
            spaces = [(namespace,)] if namespace else self._catalogue.list_namespaces()
            found = [
                ".".join(t)
                for s in spaces
                if self._catalogue.namespace_exists(s)
                for t in self._catalogue.list_tables(s)
            ]
        return sorted(found)

    def heads(self, namespace: str) -> dict[str, int | None]:
        """The tables of a namespace, each with its current snapshot (None before the first)."""
        return {name: self.table(name).metadata.current_snapshot_id for name in self.names(namespace)}

    def exists(self, name: str) -> bool:
        """Whether the table is there."""
        with told("the lake's catalogue"):
            return self._catalogue.table_exists(name)

    def find(self, name: str) -> Table | None:
        """The table as it is now, or None. Handed on to other calls as `table`, it spares them a look-up."""
        with told("the lake's catalogue"):
            try:
                return self._catalogue.load_table(name)
            except NoSuchTableError:
                return None

    def table(self, name: str) -> Table:
        """The Iceberg table as it is now. Its users outside this package treat it as opaque."""
        found = self.find(name)
        if found is None:
            raise UnknownName("table in the lake", name, self.names())
        return found

    def info(self, name: str) -> TableInfo:
        """A table's size and shape."""
        return table_info(name, self.table(name))

    def snapshots(self, name: str) -> list[SnapshotInfo]:
        """A table's versions that can be read, oldest first."""
        return snapshot_infos(self.table(name))

    def files_starting(self, name: str, column: str, prefix: str) -> list[LakeFile]:
        """The current data files that may hold rows whose text in `column` begins with `prefix`."""
        return list(scan_table(self.table(name), starting=(column, prefix)).files)

    def rows_of(self, name: str, files: Collection[LakeFile]) -> pa.Table:
        """The rows of some of the table's current data files, in today's columns."""
        return rows_of(self.table(name), {f.path for f in files})

    def files(self, name: str, as_of: AsOf = None) -> list[LakeFile]:
        """The data files of a table as of a time."""
        return list(self.scan(name, as_of).files)

    def scan(self, name: str, as_of: AsOf = None) -> Scan:
        """How to read a table as of a time."""
        return scan_table(self.table(name), as_of)

    def properties(self, name: str) -> Mapping[str, str]:
        """A table's properties."""
        return dict(self.table(name).properties)

    def schema(self, name: str, table: Table | None = None) -> pa.Schema:
        """The Arrow schema that a table's files are written in."""
        return arrow_schema((table or self.table(name)).schema())

    # -- shape --------------------------------------------------------------------------

    def ensure(
        self,
        name: str,
        schema: pa.Schema,
        partitioning: Partitioning = (),
        path_columns: Sequence[str] = (),
        properties: Mapping[str, str] | None = None,
        table: Table | None = None,
    ) -> Table:
        """Make the table, or make the one that is there able to hold rows of this schema.

        `path_columns` are partition columns that no data file holds: each file has one value,
        kept in Iceberg's partition and in the file's path.
        """
        table = table or self.find(name)
        if table is not None:
            evolution.widen_to(table, schema)
            if table.properties.get(PARTITIONED_BY) != BY_HAND:
                evolution.repartition(table, partitioning)
            if missing := set(path_columns) - set(in_path(table)):
                commit(table, Change(properties={CONSTANTS: ",".join([*in_path(table), *sorted(missing)])}), self.hook)
            return table
        self.hook("create table")
        space = name.split(".", 1)[0]
        with told(f"table {name}"):
            with self._lock:
                if space not in self._namespaces:
                    self._catalogue.create_namespace_if_not_exists(space)
                    self._namespaces.add(space)
            return create_table(self._catalogue, name, schema, partitioning, path_columns, properties or {})

    def add_columns(self, name: str, schema: pa.Schema, table: Table | None = None) -> tuple[str, ...]:
        """Add the columns of `schema` that the table lacks and widen narrower ones; answers which."""
        return evolution.widen_to(table or self.table(name), schema)

    def rename_column(self, name: str, old: str, new: str) -> None:
        """Rename a column without rewriting rows."""
        evolution.rename_column(self.table(name), old, new)

    def drop_column(self, name: str, column: str) -> None:
        """Drop a column without rewriting rows."""
        evolution.drop_column(self.table(name), column)

    def repartition(self, name: str, partitioning: Partitioning) -> bool:
        """Partition new rows another way from now on, whatever the table was made with."""
        table = self.table(name)
        if in_path(table):
            raise AskedWrongly(
                f"{name} keeps {', '.join(in_path(table))} in its partitions.", "Leave them as they are."
            )
        commit(table, Change(properties={PARTITIONED_BY: BY_HAND}), self.hook)
        return evolution.repartition(table, partitioning)

    def drop(self, name: str) -> None:
        """Remove a table and its files."""
        self.table(name)
        with told(f"table {name}"):
            self._catalogue.purge_table(name)

    # -- rows ---------------------------------------------------------------------------

    def new_path(self, name: str, partition: Mapping[str, object] | None = None) -> Path:
        """A fresh path in the table's data folder."""
        space, table = name.split(".", 1)
        return self.folder / "data" / space / table / "data" / partition_folder(partition or {}) / new_name()

    def take_bytes(self, name: str, content: bytes, partition: Mapping[str, object]) -> NewFile:
        """Take over a Parquet file as it is, as a data file of one partition."""
        path = self.new_path(name, partition)
        with new_file(path, self.hook):
            path.write_bytes(content)
        return NewFile(path, partition)

    def write(self, name: str, rows: pa.Table, table: Table | None = None) -> list[NewFile]:
        """Write rows as data files, one per partition; nothing sees them until they are committed.

        Columns are matched by name and cast to the table's types; missing ones become null.
        """
        table = table or self.table(name)
        schema = arrow_schema(table.schema())
        split = evolution.partitioning_of(table)
        constant = [c for c in in_path(table) if PartitionField(c) in split]
        stored = pa.schema([f for f in schema if f.name not in constant])
        files = []
        for partition, part in split_rows(conform(rows, schema), split):
            path = self.new_path(name, {c: partition[c] for c in constant})
            write_parquet(part.select(stored.names), stored, path, self.hook)
            files.append(NewFile(path, partition))
        return files

    def write_by(
        self, name: str, partition: Mapping[str, object], write: Callable[[Path, DataColumns], None]
    ) -> NewFile:
        """Let another engine write rows of one partition as one data file; it is told the path and the columns."""
        path = self.new_path(name)
        fields = self.table(name).schema().fields
        with new_file(path, self.hook):
            write(path, {f.name: (f.field_id, sql_type(f.field_type)) for f in fields})
        return NewFile(path, partition)

    def change(
        self,
        name: str,
        added: Sequence[NewFile] = (),
        removed: Collection[Path] = (),
        *,
        table: Table | None = None,
        properties: Mapping[str, str] | None = None,
        summary: Mapping[str, str] | None = None,
        loaded_through: date | None = None,
        tag: str | None = None,
    ) -> int | None:
        """Commit files in and files out, with properties and a tag, as one change.

        Answers the new snapshot's number. Every twentieth change also lets go what is beyond the
        30 newest versions (30 days of a daily table), with its files.
        """
        table = table or self.table(name)
        notes = dict(summary or {})
        if loaded_through is not None:
            notes[THROUGH] = loaded_through.isoformat()
        expired: list[int] = []
        if len(table.snapshots()) >= KEEP_SNAPSHOTS + EXPIRE_EVERY:
            expired = maintenance.expired_snapshots(table, KEEP_SNAPSHOTS, room_for=1)
        with told(f"table {name}"):
            describer = Describer(table.metadata)
            described = [describer.describe(f) for f in added]
            needless = maintenance.needless_files(table, expired)
        snapshot = commit(
            table,
            Change(described, {str(p) for p in removed}, properties or {}, notes, tag, expired),
            self.hook,
        )
        maintenance.remove(needless)
        return snapshot

    def append(
        self, name: str, rows: pa.Table, loaded_through: date | None = None, tag: str | None = None
    ) -> int | None:
        """Add rows to a table."""
        table = self.table(name)
        files = self.write(name, rows, table)
        return self.change(name, files, table=table, loaded_through=loaded_through, tag=tag)

    def replace_partitions(
        self,
        name: str,
        rows: pa.Table | Sequence[NewFile],
        *,
        drop: Callable[[LakeFile], bool] | None = None,
        loaded_through: date | None = None,
        tag: str | None = None,
        summary: Mapping[str, str] | None = None,
    ) -> int | None:
        """Put rows in the place of what their partitions hold, in one commit.

        `rows` is an Arrow table, or files already written under `new_path` (each of one
        partition). What goes: the files that `drop` names, by default those of the partitions
        that `rows` has; all of them in a table without partitions.
        """
        table = self.table(name)
        new = self.write(name, rows, table) if isinstance(rows, pa.Table) else list(rows)
        removed = self._replaced(table, new, drop)
        if not new and not removed:
            return None
        return self.change(name, new, removed, table=table, loaded_through=loaded_through, tag=tag, summary=summary)

    def _replaced(self, table: Table, new: Sequence[NewFile], drop: Callable[[LakeFile], bool] | None) -> list[Path]:
        live = scan_table(table).files
        if drop is None:
            describer = Describer(table.metadata)
            shown = [describer.shown_partition(describer.describe(f)) for f in new]
            return [f.path for f in live if dict(f.partition) in shown]
        return [f.path for f in live if drop(f)]

    def delete_files(self, name: str, drop: Callable[[LakeFile], bool]) -> int:
        """Remove whole data files from the table in one commit; answers how many rows went."""
        table = self.table(name)
        gone = [f for f in scan_table(table).files if drop(f)]
        if gone:
            self.change(name, removed=[f.path for f in gone], table=table)
        return sum(f.rows for f in gone)

    def tag(self, name: str, tag: str) -> None:
        """Give the current version a name that outlives expiry."""
        commit(self.table(name), Change(tag=tag), self.hook)

    def untag(self, name: str, tag: str) -> None:
        """Let a named version go; expiry may take it."""
        with told(f"table {name}"):
            table = self.table(name)
            if tag not in table.refs():
                raise UnknownName(f"tag of {name}", tag, table.refs())
            table.manage_snapshots().remove_tag(tag).commit()

    # -- upkeep -------------------------------------------------------------------------

    def expire(
        self,
        name: str,
        keep: int = KEEP_SNAPSHOTS,
        before: datetime | None = None,
        protected: Collection[int] = (),
    ) -> Removed:
        """Let old versions go, and the data and metadata files that only they needed.

        What is beyond the newest `keep` goes, with `before` only what was committed earlier than
        that. The current version, tagged ones and `protected` stay.
        """
        table = self.table(name)
        expired = maintenance.expired_snapshots(table, keep, before, protected)
        if not expired:
            return Removed()
        with told(f"table {name}"):
            needless = maintenance.needless_files(table, expired)
        commit(table, Change(expired=expired), self.hook)
        self.hook("expired")
        return maintenance.remove(needless, len(expired))

    def compact(
        self,
        name: str,
        at_least: int = 2,
        sort_by: Sequence[str] = (),
        where: Callable[[LakeFile], bool] | None = None,
    ) -> int:
        """Rewrite the many small files of a partition as few sorted ones; answers how many files went.

        Partitions with fewer than `at_least` small files (below 32 MiB) stay as they are. The
        rows are the same; so is every earlier version, until it expires.
        """
        table = self.table(name)
        groups = compaction.small_files(scan_table(table).files, at_least, where)
        new: list[NewFile] = []
        gone: list[Path] = []
        for group in groups:
            rows = rows_of(table, {f.path for f in group})
            order = list(sort_by) or compaction.default_order(table)
            new += self.write(name, rows.sort_by([(c, "ascending") for c in order]) if order else rows, table)
            gone += [f.path for f in group]
        if gone:
            current = table.current_snapshot()
            kept_through = through(current) if current else None
            self.change(
                name, new, gone, table=table, loaded_through=kept_through, summary={"tapflow.compacted": "true"}
            )
        return len(gone)

    def orphans(self, name: str, older_than_seconds: float = 3600.0) -> list[Path]:
        """Files in the table's folder that nothing needs: left by killed runs."""
        table = self.table(name)
        space, short = name.split(".", 1)
        with told(f"table {name}"):
            return maintenance.orphan_files(table, self.folder / "data" / space / short, older_than_seconds)

    def remove_orphans(self, name: str, older_than_seconds: float = 3600.0) -> Removed:
        """Delete the table's orphans."""
        return maintenance.remove(self.orphans(name, older_than_seconds))
