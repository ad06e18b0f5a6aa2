"""`tapflow lake`: its tables, their past and their upkeep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import click
import pyarrow as pa

from tapflow.core import units
from tapflow.core.clock import real_now
from tapflow.core.errors import AskedWrongly
from tapflow.core.settings import read_settings
from tapflow.lake import AsOf, Lake, PartitionField, Split
from tapflow.pipeline.answers import FORMATS, show
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.screen import Screen
from tapflow.warehouse.version import Versions

_TYPES = {
    "string": pa.string(), "long": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(),
    "date": pa.date32(), "timestamp": pa.timestamp("us"),
}  # fmt: skip
_as_of = click.option(
    "--as-of", "as_of", metavar="T", help="A snapshot, a tag, a day (YYYY-MM-DD, simulated) or an instant (ISO 8601)."
)
_older = click.option(
    "--older-than", "hours", type=click.FloatRange(min=0), default=1.0, show_default=True, metavar="HOURS",
    help="Leave younger files alone: another process may be writing them.",
)  # fmt: skip


@click.group("lake")
def command() -> None:
    """Look after the lake's tables."""


@contextmanager
def _lake(home: Home) -> Iterator[Lake]:
    home.require_pin()
    with Lake(home.root, read_settings().catalog or None) as lake:
        yield lake


def _chosen(lake: Lake, table: str | None) -> list[str]:
    if table is None:
        return lake.names()
    lake.table(table)
    return [table]


def moment(text: str | None) -> AsOf:
    """A point in a table's past: a snapshot's number, a day, an instant (UTC unless it says otherwise), or a tag."""
    if text is None:
        return None
    if text.isdigit() and len(text) > 8:
        return int(text)
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


@command.command("tables")
@home_option
def tables(home: Home) -> None:
    """List the tables: size, snapshots, how they are partitioned."""
    with _lake(home) as lake:
        rows = [lake.info(name) for name in lake.names()]
    Screen().table(
        ("table", "rows", "files", "size", "snapshots", "columns", "partitioned by", "through"),
        (
            (
                i.name, units.count(i.rows), units.count(i.files), units.size(i.bytes), i.snapshots, i.columns,
                ", ".join(f.name for f in i.partitioning), i.through or "",
            )
            for i in rows
        ),
        numeric=("rows", "files", "size", "snapshots", "columns"),
    )  # fmt: skip


@command.command("snapshots")
@click.argument("table")
@home_option
def snapshots(home: Home, table: str) -> None:
    """List a table's versions that can be read."""
    with _lake(home) as lake:
        rows = lake.snapshots(table)
    Screen().table(
        ("snapshot", "committed at", "operation", "rows", "files", "size", "through", "tags"),
        (
            (
                s.snapshot, s.committed_at.isoformat(sep=" ", timespec="seconds"), s.operation, units.count(s.rows),
                units.count(s.files), units.size(s.bytes), s.through or "", ", ".join(s.tags),
            )
            for s in rows
        ),
        numeric=("snapshot", "rows", "files", "size"),
    )  # fmt: skip


@command.command("files")
@click.argument("table")
@_as_of
@home_option
def files(home: Home, table: str, as_of: str | None) -> None:
    """List the data files of a table."""
    with _lake(home) as lake:
        rows = lake.files(table, moment(as_of))
    Screen().table(
        ("rows", "size", "partition", "file"),
        (
            (units.count(f.rows), units.size(f.bytes), ", ".join(f"{k}={v}" for k, v in f.partition.items()), f.path)
            for f in rows
        ),
        numeric=("rows", "size"),
    )


@command.command("read")
@click.argument("table")
@_as_of
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Rows; 0 for all.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@home_option
def read(home: Home, table: str, as_of: str | None, limit: int, form: str) -> None:
    """Read a table as of a time."""
    with _lake(home) as lake:
        show(_first(lake.scan(table, moment(as_of)).batches(), limit), form)


def _first(reader: pa.RecordBatchReader, limit: int) -> pa.Table:
    taken, rows = [], 0
    for batch in reader:
        taken.append(batch)
        rows += batch.num_rows
        if limit and rows >= limit:
            break
    whole = pa.Table.from_batches(taken, schema=reader.schema)
    return whole.slice(0, limit) if limit else whole


@command.command("evolve")
@click.argument("table")
@click.option("--add", multiple=True, metavar="NAME:TYPE", help=f"Add a column; types: {', '.join(_TYPES)}.")
@click.option("--rename", multiple=True, metavar="OLD:NEW", help="Rename a column.")
@click.option("--drop", multiple=True, metavar="NAME", help="Drop a column.")
@click.option(
    "--partition-by",
    multiple=True,
    metavar="NAME[:day|month|year]",
    help="Partition rows written from now on by these, and these alone.",
)
@home_option
def evolve(
    home: Home,
    table: str,
    add: tuple[str, ...],
    rename: tuple[str, ...],
    drop: tuple[str, ...],
    partition_by: tuple[str, ...],
) -> None:
    """Change a table's columns or partitions without rewriting a row."""
    if not (add or rename or drop or partition_by):
        raise AskedWrongly("Nothing to change was named.", "Give --add, --rename, --drop or --partition-by.")
    partitioning = tuple(_split(text) for text in partition_by)
    added = pa.schema([_column(text) for text in add])
    renamed = [_pair(text, "--rename OLD:NEW") for text in rename]
    with home.locked(), _lake(home) as lake:
        lake.table(table)
        if added:
            lake.add_columns(table, added)
        for old, new in renamed:
            lake.rename_column(table, old, new)
        for name in drop:
            lake.drop_column(table, name)
        if partitioning:
            lake.repartition(table, partitioning)
        now = ", ".join(lake.schema(table).names)
    Screen().line(f"{table} has {now}.")


def _pair(text: str, form: str) -> tuple[str, str]:
    first, colon, second = text.partition(":")
    if not (first and colon and second):
        raise AskedWrongly(f"{text!r} is not of the form {form}.", "Write both names with a colon between.")
    return first, second


def _split(text: str) -> PartitionField:
    name, _, split = text.partition(":")
    try:
        return PartitionField(name, Split(split or "identity"))
    except ValueError:
        raise AskedWrongly(f"{split!r} is no way to partition.", "Ways: day, month, year, or none.") from None


def _column(text: str) -> pa.Field:
    name, kind = _pair(text, "--add NAME:TYPE")
    if kind not in _TYPES:
        raise AskedWrongly(f"There is no type {kind!r}.", f"Types: {', '.join(_TYPES)}.")
    return pa.field(name, _TYPES[kind])


@command.command("compact")
@click.argument("table", required=False)
@click.option(
    "--at-least",
    type=click.IntRange(min=2),
    default=2,
    show_default=True,
    metavar="N",
    help="Fold only partitions with so many small files.",
)
@click.option("--sort-by", multiple=True, metavar="COLUMN", help="Sort the folded rows by it.")
@home_option
def compact(home: Home, table: str | None, at_least: int, sort_by: tuple[str, ...]) -> None:
    """Fold the many small files of a partition into few."""
    with home.locked(), _lake(home) as lake:
        folded = [(name, lake.compact(name, at_least, sort_by), lake.info(name)) for name in _chosen(lake, table)]
    Screen().table(
        ("table", "files folded", "files now", "size"),
        ((name, gone, i.files, units.size(i.bytes)) for name, gone, i in folded if gone),
        numeric=("files folded", "files now", "size"),
    )


@command.command("expire")
@click.argument("table", required=False)
@click.option("--keep", type=click.IntRange(min=1), default=5, show_default=True, help="Newest snapshots that stay.")
@click.option("--older-than", "days", type=click.FloatRange(min=0), metavar="DAYS",
              help="Let go only those committed longer ago.")  # fmt: skip
@home_option
def expire(home: Home, table: str | None, keep: int, days: float | None) -> None:
    """Let old snapshots go, and the files that only they needed."""
    before = real_now() - timedelta(days=days) if days is not None else None
    with home.locked(), _lake(home) as lake:
        gone = [(name, lake.expire(name, keep, before, _published(home, name))) for name in _chosen(lake, table)]
    Screen().table(
        ("table", "snapshots", "files", "size"),
        ((name, r.snapshots, r.files, units.size(r.bytes)) for name, r in gone if r.snapshots),
        numeric=("snapshots", "files", "size"),
    )


def _published(home: Home, table: str) -> list[int]:
    """The snapshots of a table that published versions name: these stay."""
    versions = Versions(home.warehouse)
    found = [versions.read(v).tables for v in versions.ids()]
    return [t.snapshot for tables in found if (t := tables.get(table)) and t.snapshot is not None]


@command.command("orphans")
@click.argument("table", required=False)
@_older
@click.option("--remove", is_flag=True, help="Delete them.")
@home_option
def orphans(home: Home, table: str | None, hours: float, remove: bool) -> None:
    """List the files that no snapshot needs, left by killed runs; or remove them."""
    screen = Screen()
    with home.locked(), _lake(home) as lake:
        for name in _chosen(lake, table):
            if remove:
                removed = lake.remove_orphans(name, hours * 3600)
                if removed.files:
                    screen.line(f"{name}: removed {removed.files} files, {units.size(removed.bytes)}")
            else:
                for path in lake.orphans(name, hours * 3600):
                    screen.line(f"{name}: {path}")
