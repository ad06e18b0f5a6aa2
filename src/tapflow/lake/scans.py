"""Reading a table: which files hold it, and how an engine gets rows out of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
from pyiceberg.expressions import AlwaysTrue, Reference, StartsWith
from pyiceberg.io.pyarrow import ArrowScan, schema_to_pyarrow
from pyiceberg.schema import Schema
from pyiceberg.table import DataScan, Table
from pyiceberg.table.snapshots import Snapshot

from tapflow.core.errors import UnknownName
from tapflow.lake.columns import arrow_schema, sql_type
from tapflow.lake.faults import told
from tapflow.lake.model import AsOf, LakeFile
from tapflow.lake.partitions import lake_file

CONSTANTS = "tapflow.path-columns"
THROUGH = "tapflow.through"
NAMES_SINCE = "tapflow.names-since-schema"


@dataclass(frozen=True)
class Scan:
    """A table as of a point in time.

    `by_name` tells whether its files can be read directly, columns matched by name: then
    `duckdb_sql` is a query over them. Otherwise (a renamed column, delete files) only
    `batches` gives the right rows. `path_columns` are columns that no file holds because they
    are the same for the whole file: Iceberg takes them from the partition, DuckDB from the path.
    """

    table: str
    snapshot: int | None
    columns: tuple[tuple[str, str], ...]
    files: tuple[LakeFile, ...]
    by_name: bool
    path_columns: tuple[str, ...]
    mixed: bool
    _scan: DataScan

    @property
    def rows(self) -> int:
        """How many rows the table holds, from the metadata (delete files not subtracted)."""
        return sum(f.rows for f in self.files)

    @property
    def paths(self) -> list[str]:
        """The files' paths."""
        return [str(f.path) for f in self.files]

    @property
    def duckdb_sql(self) -> str:
        """A SELECT over the files, for DuckDB. Only when `by_name`."""
        if not self.by_name:
            raise UnknownName("direct reading of", self.table, ())
        columns = ", ".join(_quoted(c) for c, _ in self.columns)
        typed = ", ".join(f"cast(null as {kind}) as {_quoted(name)}" for name, kind in self.columns)
        empty = f"select {typed} where false"
        if not self.files:
            return empty
        paths = ", ".join("'" + p.replace("'", "''") + "'" for p in self.paths)
        read = f"read_parquet([{paths}], {self._hive()}, union_by_name = {str(self.mixed).lower()})"
        if self.mixed:
            # Old files lack newer columns, or hold a narrower type: the empty part names and types them all.
            read = f"({empty} union all by name select * from {read})"
        return f"select {columns} from {read}"

    def _hive(self) -> str:
        if not self.path_columns:
            return "hive_partitioning = false"
        kinds = dict(self.columns)
        types = ", ".join(f"{_quoted(c)}: {kinds[c]}" for c in self.path_columns)
        return f"hive_partitioning = true, hive_types = {{{types}}}"

    def batches(self) -> pa.RecordBatchReader:
        """The rows through Arrow: right for every table, slower than reading the files directly."""
        if self.snapshot is None:
            return self.arrow().to_reader()
        with told(f"table {self.table}"):
            return self._scan.to_arrow_batch_reader()

    def arrow(self) -> pa.Table:
        """All rows, in memory."""
        if self.snapshot is None:
            return schema_to_pyarrow(self._scan.projection()).empty_table()
        with told(f"table {self.table}"):
            return self._scan.to_arrow()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def scan_table(table: Table, as_of: AsOf = None, starting: tuple[str, str] | None = None) -> Scan:
    """Plan the reading of a table as of a point in time (now by default).

    `starting`, a column and a prefix, leaves out files that can hold no such text.
    """
    name = ".".join(table.name())
    snapshot = snapshot_at(table, as_of)
    # A past version is read in the columns it had; the current one in today's, rows or not.
    planned = table.scan(snapshot_id=snapshot.snapshot_id if snapshot and as_of is not None else None)
    if starting:
        planned = planned.filter(StartsWith(Reference(starting[0]), starting[1]))  # type: ignore[misc, call-arg, arg-type]
    schema = planned.projection()
    with told(f"table {name}"):
        files = tuple(_files(table, planned)) if snapshot else ()
    constant = in_path(table)
    return Scan(
        table=name,
        snapshot=snapshot.snapshot_id if snapshot else None,
        columns=tuple((f.name, sql_type(f.field_type)) for f in schema.fields),
        files=files,
        by_name=names_are_stable(table, schema) and not any(f.has_deletes or _differs(f, constant) for f in files),
        path_columns=constant,
        mixed=len(relevant_schemas(table)) > 1,
        _scan=planned,
    )


def in_path(table: Table) -> tuple[str, ...]:
    """Columns that the table's files do not hold: each has one value for the file, in its partition and path."""
    return tuple(c for c in table.properties.get(CONSTANTS, "").split(",") if c)


def rows_of(table: Table, paths: Collection[Path]) -> pa.Table:
    """The rows of some current data files, in today's columns."""
    planned = table.scan()
    wanted = {str(p) for p in paths}
    with told(f"table {'.'.join(table.name())}"):
        tasks = [t for t in planned.plan_files() if t.file.file_path.removeprefix("file://") in wanted]
        schema = table.schema()
        found = ArrowScan(table.metadata, table.io, schema, AlwaysTrue()).to_table(tasks)
        return found.cast(arrow_schema(schema))


def _differs(file: LakeFile, constant: Sequence[str]) -> bool:
    """Whether a file was written when the table kept these columns in its files still, or again."""
    return bool(constant) and not all(f"/{c}=" in str(file.path) for c in constant)


def relevant_schemas(table: Table) -> list[Schema]:
    """The schemas in which live files may have been written."""
    since = int(table.properties.get(NAMES_SINCE, "0"))
    return [s for i, s in table.schemas().items() if i >= since]


def names_are_stable(table: Table, schema: Schema) -> bool:
    """Whether every column always bore its name, and no other column did."""
    now = {f.field_id: f.name for f in schema.fields}
    ids = {f.name: f.field_id for f in schema.fields}
    return all(
        now.get(f.field_id, f.name) == f.name and ids.get(f.name, f.field_id) == f.field_id
        for past in relevant_schemas(table)
        for f in past.fields
    )


def _files(table: Table, planned: DataScan) -> Iterator[LakeFile]:
    specs = table.specs()
    schema = table.schema()
    for task in planned.plan_files():
        yield lake_file(task.file, specs[task.file.spec_id], schema, bool(task.delete_files))


def snapshot_at(table: Table, as_of: AsOf) -> Snapshot | None:
    """The snapshot that an `AsOf` points at; None when the table was still empty then.

    Raises UnknownName for a number or tag that the table does not have.
    """
    if as_of is None:
        return table.current_snapshot()
    if isinstance(as_of, datetime):
        aware = as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)
        return table.snapshot_as_of_timestamp(int(aware.timestamp() * 1000))
    if isinstance(as_of, date):
        fitting = [s for s in _lineage(table) if (t := through(s)) is not None and t <= as_of]
        return fitting[-1] if fitting else None
    found = table.snapshot_by_id(as_of) if isinstance(as_of, int) else table.snapshot_by_name(as_of)
    if found is None:
        known = list(table.refs()) if isinstance(as_of, str) else [str(s.snapshot_id) for s in table.snapshots()]
        raise UnknownName(f"snapshot of {'.'.join(table.name())}", str(as_of), known)
    return found


def _lineage(table: Table) -> list[Snapshot]:
    """The snapshots that were current, oldest first."""
    found = (table.snapshot_by_id(entry.snapshot_id) for entry in table.history())
    return [s for s in found if s is not None]


def through(snapshot: Snapshot) -> date | None:
    """The last simulated day that a snapshot holds, if its writer told."""
    text = snapshot.summary.get(THROUGH) if snapshot.summary else None
    return date.fromisoformat(text) if text else None
