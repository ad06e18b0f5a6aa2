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
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from tapflow.core.clock import real_now
from tapflow.lake import Lake, LakeFile, NewFile, PartitionField, Split
from tapflow.lake.scans import NAMES_SINCE
from tapflow.warehouse.digest import WHOLE, Grain, Part, begin_of, digest_parts, in_part, part_name, table_digest
from tapflow.warehouse.engine import Connection, Limits, name, opened, text, told
from tapflow.warehouse.models import PublishedModel
from tapflow.warehouse.progress import Progress
from tapflow.warehouse.progress import silent as unwatched
from tapflow.warehouse.raw import Clock
from tapflow.warehouse.touched import Touched, settle, touched
from tapflow.warehouse.version import PublishedTable, Version, Versions, manifest_text, write_atomically

ENGINE = f"duckdb {duckdb.__version__}"
KEEP_VERSIONS = 5
KEEP_DAYS = 29  # the lake lets snapshots go after 30
STORED_BELOW_BYTES = 2_000_000
BATCH_ROWS = 250_000
TOGETHER_ROWS = 1_000_000
DIGEST_ALL_EVERY = 16  # versions

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


def publish(lake: Lake, work: Path, models: Sequence[PublishedModel], versions: Versions, how: Publishing) -> Version:
    """Publish the models' tables in the DuckDB file `work` as a new version, and show it to readers."""
    versions.sweep()
    version_id = versions.next_id()
    tables = _publish_tables(lake, work, models, versions, version_id, how)
    version = Version(
        id=version_id,
        built_at=real_now().isoformat(timespec="seconds"),
        first_day=how.clock.first_day.isoformat(),
        data_through_day=how.clock.last_day.isoformat(),
        project_digest=how.project_digest,
        engine=ENGINE,
        tables=tables,
    )
    _write_version(lake, version, models, versions, how)
    how.hook("pointer")
    versions.point(version.id)
    how.hook("pointed")
    with opened(work, how.limits) as connection:
        snapshots = {t: tables[t].snapshot if t in tables else None for t in how.growing}
        settle(connection, how.state, snapshots)
    oldest = real_now() - timedelta(days=KEEP_DAYS)
    versions.forget(KEEP_VERSIONS, oldest)
    how.progress(len(models), len(models), version.id)
    return version


def _publish_tables(
    lake: Lake, work: Path, models: Sequence[PublishedModel], versions: Versions, version_id: str, how: Publishing
) -> dict[str, PublishedTable]:
    """Every table, several at a time: encoding and committing leave each other room."""
    done, known = 0, _Known(versions)

    def one(connection: Connection, model: PublishedModel) -> PublishedTable:
        nonlocal done
        how.hook(f"table {model.table}")
        with connection.cursor() as cursor:
            table = _publish_table(lake, cursor, model, known, notes.get(model.table), how)
        done += 1
        how.progress(done, len(models), model.table)
        return table

    with opened(work, how.limits) as connection, ThreadPoolExecutor(how.limits.threads) as pool:
        # Now and then all is digested, so that a note that is wrong cannot last.
        notes = touched(connection) if int(version_id[1:]) % DIGEST_ALL_EVERY else {}
        waiting = {m.table: pool.submit(one, connection, m) for m in models}
        try:
            return {table: future.result() for table, future in waiting.items()}
        finally:
            pool.shutdown(cancel_futures=True)


class _Known:
    """What earlier versions know of a table's content at a snapshot."""

    def __init__(self, versions: Versions) -> None:
        engine = f"duckdb {duckdb.__version__}"
        found = [versions.read(v) for v in versions.ids()]
        self._tables = [v.tables for v in found if v.engine == engine]

    def at(self, table: str, snapshot: int | None) -> PublishedTable | None:
        """The table as a version published it at this snapshot; None when no version did."""
        for tables in reversed(self._tables):
            if table in tables and tables[table].snapshot == snapshot:
                return tables[table]
        return None


def _publish_table(
    lake: Lake, connection: Connection, model: PublishedModel, known: _Known, note: Touched | None, how: Publishing
) -> PublishedTable:
    relation = f"{name(model.schema)}.{name(model.name)}"
    with told(model.table):
        schema = connection.sql(f"from {relation} limit 0").to_arrow_table().schema
    base = _base(lake, model, schema, known)
    with told(model.table):
        parts = _parts(connection, relation, model, schema, base, note)
    before = _comparable(connection, relation, model, schema, base, parts)
    changed = {p for p in parts.keys() | before.keys() if parts.get(p) != before.get(p)}
    if base is None or changed or list(base.columns) != schema.names:
        if base is None or changed:
            _replace(
                lake, connection, model, relation, parts, changed & parts.keys(), None if base is None else changed, how
            )
        return _described(lake, model, schema, parts)
    return replace(base, classifications=dict(model.classifications))


def _parts(
    connection: Connection,
    relation: str,
    model: PublishedModel,
    schema: pa.Schema,
    base: PublishedTable | None,
    note: Touched | None,
) -> dict[str, Part]:
    """The table's content by partition. What no build touched since `base` is as that tells."""
    of = (connection, relation, schema.names, model.partition, model.grain)
    if base is None or note is None or model.partition is None:
        return digest_parts(*of)
    if note.snapshot != base.snapshot or list(base.columns) != schema.names:
        return digest_parts(*of)
    since = note.from_day.replace(day=1) if model.grain is Grain.MONTH else note.from_day
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
    files = [
        file
        for some in _portions(model, sorted(written), parts)
        for file in _write_parts(lake, connection, model, relation, some)
    ]
    live = lake.scan(model.table).files
    removed = [f.path for f in live if dropped is None or _part_of(f, model) in dropped]
    how.hook(f"commit {model.table}")
    # Once every file is of today's shape, columns may be found by their names again.
    settled = {NAMES_SINCE: str(lake.table(model.table).schema().schema_id)} if dropped is None else {}
    if files or removed:
        lake.change(model.table, files, removed, properties=settled, loaded_through=how.clock.last_day)
    how.hook(f"committed {model.table}")


def _portions(model: PublishedModel, wanted: Sequence[str], parts: Mapping[str, Part]) -> list[list[str]]:
    """Partitions to be read together: each reading passes over the table, so small ones share it."""
    portions: list[list[str]] = []
    rows = 0
    for part in wanted:
        alone = part == WHOLE or not portions or WHOLE in portions[-1]
        if alone or rows + parts[part].rows > TOGETHER_ROWS:
            portions.append([])
            rows = 0
        portions[-1].append(part)
        rows += parts[part].rows
    return portions


def _write_parts(
    lake: Lake, connection: Connection, model: PublishedModel, relation: str, some: Sequence[str]
) -> list[NewFile]:
    """A file per partition; several are read at once and split, one alone is streamed."""
    if len(some) == 1:
        return [_write_part(lake, connection, model, relation, some[0])]
    column = name(model.partition or "")
    days = ", ".join(f"date '{part}'" for part in some)
    span = f"{column} >= date '{some[0]}' and {column} < date '{some[-1]}' + interval 1 {model.grain}"
    with told(model.table):
        rows = connection.sql(
            f"select * from {relation} where {span} and {begin_of(model.partition, model.grain)} in ({days})"
        ).to_arrow_table()
        return lake.write(model.table, rows)


def _write_part(lake: Lake, connection: Connection, model: PublishedModel, relation: str, part: str) -> NewFile:
    wanted = in_part(model.partition, model.grain, part)
    with told(model.table):
        # In the lake's order: a column that was added later stands last there, wherever the model has it.
        columns = ", ".join(name(c) for c in lake.schema(model.table).names)
        rows = connection.sql(f"select {columns} from {relation} where {wanted}")
        value = _value(lake, model, part)
        return lake.write_batches(model.table, rows.to_arrow_reader(BATCH_ROWS), value)


def _value(lake: Lake, model: PublishedModel, part: str) -> dict[str, object]:
    """A value of the partition column that lies in the partition."""
    if model.partition is None:
        return {}
    if part == WHOLE:
        return {model.partition: None}
    kind = lake.schema(model.table).field(model.partition).type
    day = date.fromisoformat(part)
    return {model.partition: day if pa.types.is_date(kind) else datetime.combine(day, datetime.min.time())}


def _part_of(file: LakeFile, model: PublishedModel) -> str:
    if model.partition is None:
        return WHOLE
    value = file.partition.get(PartitionField(model.partition, Split(model.grain.value)).name)
    return value.isoformat() if isinstance(value, date) else WHOLE


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
