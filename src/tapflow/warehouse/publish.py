"""Publishing: what changed goes to the lake, then a version is written whole, then readers are shown it.

The order makes a kill harmless: data files that nothing names, commits of tables that no
version names, a version's folder without its manifest, a version that the pointer does not
name. Readers only ever follow the pointer. What a killed run left is found by the next one: a
table whose head no version knows is written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from tapflow.core.clock import real_now
from tapflow.core.errors import CheckFailed
from tapflow.lake import Lake, PartitionField, Split
from tapflow.lake.scans import NAMES_SINCE
from tapflow.warehouse.archive import Archive, archives, bring_back, let_leave, partition_of
from tapflow.warehouse.compaction import give_back_room
from tapflow.warehouse.digest import WHOLE, Part, begin_day, begin_of, digest_parts, part_name, table_digest
from tapflow.warehouse.engine import Connection, Limits, name, opened, text, told
from tapflow.warehouse.models import PublishedModel
from tapflow.warehouse.partitions import write_partitions
from tapflow.warehouse.progress import Progress
from tapflow.warehouse.progress import silent as unwatched
from tapflow.warehouse.raw import Clock
from tapflow.warehouse.touched import Touched, settle, touched
from tapflow.warehouse.version import PublishedTable, Version, Versions, manifest_text, write_atomically

ENGINE = f"duckdb {duckdb.__version__}"
KEEP_VERSIONS = 5
KEEP_DAYS = 29  # the lake lets snapshots go after 30
STORED_BELOW_BYTES = 2_000_000
DIGEST_ALL_EVERY = 16  # versions
WORKING_DAYS = 14  # what comes late seldom touches older ones: their whole partitions leave the working file

Hook = Callable[[str], None]
"""Called with a step's name before it; a test raises or kills here."""


def silent(step: str) -> None:
    """The hook of every run that is not a test."""


@dataclass(frozen=True)
class Publishing:
    """What a publication needs to know beside the tables themselves."""

    clock: Clock
    project_digest: str
    limits: Limits
    hook: Hook = silent
    progress: Progress = unwatched
    definitions: str = "{}"  # of metrics: a version is asked by its own
    state: str = ""  # what notes of untouched days hold for
    growing: Sequence[str] = ()  # tables, published or not, that note which days a build touched

    @property
    def working_from(self) -> date:
        """The first day of which the working file keeps what grows."""
        return self.clock.last_day - timedelta(days=WORKING_DAYS)


def publish(lake: Lake, work: Path, models: Sequence[PublishedModel], versions: Versions, how: Publishing) -> Version:
    """Publish the models' tables in the DuckDB file `work` as a new version, and show it to readers."""
    versions.sweep()
    version_id = versions.next_id()
    tables = _publish_tables(lake, work, models, versions, version_id, how)
    version = _version(version_id, tables, how)
    _write_version(lake, version, models, versions, how)
    how.hook("pointer")
    versions.point(version.id)
    how.hook("pointed")
    versions.forget_draft()
    with opened(work, how.limits) as connection:
        snapshots = {t: tables[t].snapshot if t in tables else None for t in how.growing}
        settle(connection, how.state, snapshots)
        _let_old_leave(connection, models, tables, how)
    give_back_room(work, how.limits)
    oldest = real_now() - timedelta(days=KEEP_DAYS)
    versions.forget(KEEP_VERSIONS, oldest)
    how.progress(len(models), len(models), version.id)
    return version


def publish_old(lake: Lake, work: Path, models: Sequence[PublishedModel], versions: Versions, how: Publishing) -> None:
    """Give the lake the old partitions of growing tables, which then leave the working file; readers see nothing of it.

    Between the slices of a long history: the working file need not hold all of it until the end.
    """
    with opened(work, how.limits) as connection:
        found = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    there = {row[0] for row in found}
    growing = [m for m in models if m.table in how.growing and m.table in there and m.partition is not None]
    drafted = versions.draft()
    tables = _publish_tables(lake, work, growing, versions, versions.next_id(), how, how.working_from)
    versions.keep_draft(_version("draft", {**(drafted.tables if drafted else {}), **tables}, how))
    with opened(work, how.limits) as connection:
        _let_old_leave(connection, growing, tables, how)


def _let_old_leave(
    connection: Connection, models: Sequence[PublishedModel], tables: Mapping[str, PublishedTable], how: Publishing
) -> None:
    for model in models:
        if model.table in how.growing:
            let_leave(connection, model, tables[model.table], how.working_from)


def _version(version_id: str, tables: Mapping[str, PublishedTable], how: Publishing) -> Version:
    return Version(
        id=version_id,
        built_at=real_now().isoformat(timespec="seconds"),
        first_day=how.clock.first_day.isoformat(),
        data_through_day=how.clock.last_day.isoformat(),
        project_digest=how.project_digest,
        engine=ENGINE,
        tables=tables,
    )


def _publish_tables(
    lake: Lake,
    work: Path,
    models: Sequence[PublishedModel],
    versions: Versions,
    version_id: str,
    how: Publishing,
    before: date | None = None,
) -> dict[str, PublishedTable]:
    """Every table, several at a time: encoding and committing leave each other room.

    `before`: only partitions that begin before the one of this day; the lake keeps others as it has them.
    """
    done, known = 0, _Known(versions)

    def one(connection: Connection, model: PublishedModel) -> PublishedTable:
        nonlocal done
        how.hook(f"table {model.table}")
        with connection.cursor() as cursor:
            notes = _Notes(touches.get(model.table), there.get(model.table), before)
            table = _publish_table(lake, cursor, model, known, notes, how)
        done += 1
        how.progress(done, len(models), model.table)
        return table

    with opened(work, how.limits) as connection, ThreadPoolExecutor(how.limits.threads) as pool:
        # Now and then all of the working file is digested, so that a note that is wrong cannot last.
        touches = touched(connection) if int(version_id[1:]) % DIGEST_ALL_EVERY else {}
        there = archives(connection)
        waiting = {m.table: pool.submit(one, connection, m) for m in models}
        try:
            return {table: future.result() for table, future in waiting.items()}
        finally:
            pool.shutdown(cancel_futures=True)


class _Known:
    """What earlier versions know of a table's content at a snapshot."""

    def __init__(self, versions: Versions) -> None:
        draft = versions.draft()
        found = [*(versions.read(v) for v in versions.ids()), *([draft] if draft else [])]
        self._tables = [v.tables for v in found if v.engine == ENGINE]

    def at(self, table: str, snapshot: int | None) -> PublishedTable | None:
        """The table as a version published it at this snapshot; None when no version did."""
        for tables in reversed(self._tables):
            if table in tables and tables[table].snapshot == snapshot:
                return tables[table]
        return None


@dataclass(frozen=True)
class _Notes:
    """What is noted of a table: what builds touched, what the lake alone holds; and before which day is published."""

    touched: Touched | None
    archive: Archive | None
    before: date | None


def _publish_table(
    lake: Lake, connection: Connection, model: PublishedModel, known: _Known, notes: _Notes, how: Publishing
) -> PublishedTable:
    relation = f"{name(model.schema)}.{name(model.name)}"
    with told(model.table):
        schema = connection.sql(f"from {relation} limit 0").to_arrow_table().schema
        if notes.archive and not _is_as_published(lake, model, schema, known, notes.archive):
            # What the lake holds must be written anew, or in another form: all of it is needed.
            bring_back(connection, model.table)
            notes = replace(notes, archive=None)
    base = _base(lake, model, schema, known)
    with told(model.table):
        parts = _parts(connection, relation, model, schema, base, notes)
    before = _comparable(connection, relation, model, schema, base, parts)
    changed = {p for p in parts.keys() | before.keys() if parts.get(p) != before.get(p)}
    if base is None or changed or list(base.columns) != schema.names:
        if base is None or changed:
            _replace(
                lake, connection, model, relation, parts, changed & parts.keys(), None if base is None else changed, how
            )
        return _described(lake, model, schema, parts)
    return replace(base, classifications=dict(model.classifications))


def _is_as_published(lake: Lake, model: PublishedModel, schema: pa.Schema, known: _Known, archive: Archive) -> bool:
    """Whether a version knows the lake's table as it is, with what is archived, in today's columns and partitions."""
    scan = lake.scan(model.table)
    base = known.at(model.table, scan.snapshot)
    if base is None or not scan.by_name or any(base.parts.get(p) != part for p, part in archive.parts.items()):
        return False
    return (list(base.columns), base.partition, base.grain) == (schema.names, model.partition, model.grain.value)


def _parts(
    connection: Connection,
    relation: str,
    model: PublishedModel,
    schema: pa.Schema,
    base: PublishedTable | None,
    notes: _Notes,
) -> dict[str, Part]:
    """The table's content by partition: of what the lake alone holds as is noted, of all else as is found."""
    there = _parts_there(connection, relation, model, schema, base, notes.touched)
    if notes.before is not None and model.partition is not None:
        end = part_name(begin_day(notes.before, model.grain))
        later = {p: part for p, part in base.parts.items() if p >= end or p == WHOLE} if base else {}
        there = {p: part for p, part in there.items() if p < end and p != WHOLE} | later
    archived = notes.archive.parts if notes.archive else {}
    if twice := archived.keys() & there.keys():
        raise CheckFailed(
            f"{model.table} has rows of {min(twice)}, which the lake alone should hold.",
            "Run `tapflow build --full-refresh`.",
        )
    return {**archived, **there}


def _parts_there(
    connection: Connection,
    relation: str,
    model: PublishedModel,
    schema: pa.Schema,
    base: PublishedTable | None,
    note: Touched | None,
) -> dict[str, Part]:
    """What the working file holds, by partition. What no build touched since `base` is as that tells."""
    of = (connection, relation, schema.names, model.partition, model.grain)
    if base is None or note is None or model.partition is None:
        return digest_parts(*of)
    if note.snapshot != base.snapshot or list(base.columns) != schema.names:
        return digest_parts(*of)
    since = begin_day(note.from_day, model.grain)
    # Days before the first one may have gone, which is no touch: old hours are let go.
    begin = f"cast(date_trunc('{model.grain}', min({name(model.partition)})) as date)"
    first = connection.execute(f"select {begin} from {relation}").fetchone()
    oldest = part_name(first[0]) if first and first[0] else part_name(since)
    kept = {p: part for p, part in base.parts.items() if p != WHOLE and oldest <= p < part_name(since)}
    return kept | digest_parts(*of, since)


def _base(lake: Lake, model: PublishedModel, schema: pa.Schema, known: _Known) -> PublishedTable | None:
    """What the lake's table holds, if a version tells; the table is made, or fitted to the new rows."""
    partitioning = (PartitionField(model.partition, Split(model.grain.value)),) if model.partition else ()
    retyped = _refit(lake, model, schema) if lake.exists(model.table) else False
    lake.ensure(model.table, schema, partitioning)
    scan = lake.scan(model.table)
    base = known.at(model.table, scan.snapshot)
    same_split = base is not None and (base.partition, base.grain) == (model.partition, model.grain.value)
    return base if same_split and scan.by_name and not retyped else None


def _refit(lake: Lake, model: PublishedModel, schema: pa.Schema) -> bool:
    """Take out columns that the model no longer has, and those of another type; answers whether there were such."""
    wanted = {f.name: f.type for f in schema}
    held = lake.schema(model.table)
    retyped = [f.name for f in held if wanted.get(f.name, f.type) != f.type]
    for column in [*retyped, *(f.name for f in held if f.name not in wanted)]:
        lake.drop_column(model.table, column)
    return bool(retyped)


def _comparable(
    connection: Connection,
    relation: str,
    model: PublishedModel,
    schema: pa.Schema,
    base: PublishedTable | None,
    parts: Mapping[str, Part],
) -> dict[str, Part]:
    """The base's content in terms of today's columns.

    A partition whose old columns are as they were and whose new ones are all null counts as
    unchanged: its files give nulls for them, and need no rewriting.
    """
    if base is None:
        return {}
    added = [c for c in schema.names if c not in base.columns]
    if not added and list(base.columns) == schema.names:
        return dict(base.parts)
    if not set(base.columns) <= set(schema.names):
        return {}
    old = digest_parts(connection, relation, list(base.columns), model.partition, model.grain)
    touched = _parts_with_values(connection, relation, model, added)
    same = {p for p in old if old[p] == base.parts.get(p) and p not in touched}
    return {p: parts[p] if p in same else kept for p, kept in base.parts.items()}


def _parts_with_values(
    connection: Connection, relation: str, model: PublishedModel, columns: Sequence[str]
) -> Collection[str]:
    if not columns:
        return ()
    begin = begin_of(model.partition, model.grain)
    filled = " or ".join(f"{name(c)} is not null" for c in columns)
    rows = connection.execute(f"select distinct {begin} from {relation} where {filled}").fetchall()
    return {part_name(row[0]) for row in rows}


def _replace(
    lake: Lake,
    connection: Connection,
    model: PublishedModel,
    relation: str,
    parts: Mapping[str, Part],
    written: Collection[str],
    dropped: Collection[str] | None,
    how: Publishing,
) -> None:
    """Write partitions and put them in the place of what `dropped` partitions hold (None: of everything)."""
    files = write_partitions(lake, connection, model, relation, {p: parts[p].rows for p in sorted(written)})
    live = lake.scan(model.table).files
    removed = [f.path for f in live if dropped is None or partition_of(f, model.partition, model.grain) in dropped]
    how.hook(f"commit {model.table}")
    # Once every file is of today's shape, columns may be found by their names again.
    settled = {NAMES_SINCE: str(lake.table(model.table).schema().schema_id)} if dropped is None else {}
    if files or removed:
        lake.change(model.table, files, removed, properties=settled, loaded_through=how.clock.last_day)
    how.hook(f"committed {model.table}")


def _described(lake: Lake, model: PublishedModel, schema: pa.Schema, parts: Mapping[str, Part]) -> PublishedTable:
    scan = lake.scan(model.table)
    kinds = dict(scan.columns)
    return PublishedTable(
        snapshot=scan.snapshot,
        rows=sum(p.rows for p in parts.values()),
        digest=table_digest(parts),
        partition=model.partition,
        grain=model.grain.value,
        stored=sum(f.bytes for f in scan.files) < STORED_BELOW_BYTES,
        columns={column: kinds[column] for column in schema.names},
        parts=parts,
        files=tuple(scan.paths),
        classifications={c: model.classifications[c] for c in schema.names if c in model.classifications},
    )


def _write_version(
    lake: Lake, version: Version, models: Sequence[PublishedModel], versions: Versions, how: Publishing
) -> None:
    folder = versions.folder / version.id
    folder.mkdir(parents=True)
    how.hook("views")
    with opened(versions.views(version.id), how.limits) as connection:
        # As one transaction: a thousand descriptions would each wait for the disk.
        connection.execute("begin")
        for model in models:
            _show_table(lake, connection, model, version.tables[model.table])
        connection.execute("commit")
    write_atomically(versions.definitions(version.id), how.definitions)
    how.hook("manifest")
    write_atomically(folder / "manifest.json", manifest_text(version))
    how.hook("manifest written")


def _show_table(lake: Lake, connection: Connection, model: PublishedModel, table: PublishedTable) -> None:
    """A view over the table's files, or the table itself where it is small; with its descriptions."""
    relation = f"{name(model.schema)}.{name(model.name)}"
    kind = "table" if table.stored else "view"
    columns = ", ".join(name(c) for c in table.columns)
    scan = lake.scan(model.table, table.snapshot)
    connection.execute(f"create schema if not exists {name(model.schema)}")
    connection.execute(f"create {kind} {relation} as select {columns} from ({scan.duckdb_sql})")
    connection.execute(f"comment on {kind} {relation} is {text(model.description)}")
    for column, description in model.columns.items():
        if column in table.columns:
            connection.execute(f"comment on column {relation}.{name(column)} is {text(description)}")
