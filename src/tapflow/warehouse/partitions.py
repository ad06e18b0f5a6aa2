"""Partitions of a table of the working file, written as files of the lake.

Rows are written in the order of `meta.published.sorted_by`: a person's or device's days side by side take less room,
and readers who ask for one pass over the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from tapflow.lake import DataColumns, Lake, NewFile
from tapflow.warehouse.digest import WHOLE, begin_of, in_part
from tapflow.warehouse.engine import Connection, name, text, told
from tapflow.warehouse.models import PublishedModel

TOGETHER_ROWS = 400_000
# The engine chooses a dictionary or deltas by column and row group; fast Zstandard packs nearly as well as slow.
_FORMAT = "format parquet, parquet_version v2, compression zstd, compression_level 1"


def write_partitions(
    lake: Lake, connection: Connection, model: PublishedModel, relation: str, rows_by_part: Mapping[str, int]
) -> list[NewFile]:
    """Write partitions (name -> rows, in their order) of a relation of the working file: a file each, not committed."""
    return [file for some in _portions(rows_by_part) for file in _write_parts(lake, connection, model, relation, some)]


def _portions(rows_by_part: Mapping[str, int]) -> list[list[str]]:
    """Partitions to be read together: each reading passes over the table, so small ones share it."""
    portions: list[list[str]] = []
    rows = 0
    for part, count in rows_by_part.items():
        alone = part == WHOLE or not portions or WHOLE in portions[-1]
        if alone or rows + count > TOGETHER_ROWS:
            portions.append([])
            rows = 0
        portions[-1].append(part)
        rows += count
    return portions


def _write_parts(
    lake: Lake, connection: Connection, model: PublishedModel, relation: str, some: Sequence[str]
) -> list[NewFile]:
    """A file per partition; several small ones are read at once and split."""
    if len(some) == 1:
        return [_write_part(lake, connection, model, relation, some[0])]
    column = name(model.partition or "")
    days = ", ".join(f"date '{part}'" for part in some)
    span = f"{column} >= date '{some[0]}' and {column} < date '{some[-1]}' + interval 1 {model.grain}"
    with told(model.table):
        rows = connection.sql(
            f"select * from {relation} where {span} and {begin_of(model.partition, model.grain)} in ({days})"
            f"{_in_order(model)}"
        ).to_arrow_table()
        return lake.write(model.table, rows)


def _write_part(lake: Lake, connection: Connection, model: PublishedModel, relation: str, part: str) -> NewFile:
    wanted = in_part(model.partition, model.grain, part)

    def write(path: Path, columns: DataColumns) -> None:
        typed = ", ".join(f"cast({name(c)} as {kind}) as {name(c)}" for c, (_, kind) in columns.items())
        numbers = ", ".join(f"{name(c)}: {number}" for c, (number, _) in columns.items())
        rows = f"select {typed} from {relation} where {wanted}{_in_order(model)}"
        connection.execute(f"copy ({rows}) to {text(path)} ({_FORMAT}, field_ids {{{numbers}}})")

    with told(model.table):
        return lake.write_by(model.table, _value(lake, model, part), write)


def _in_order(model: PublishedModel) -> str:
    return f" order by {', '.join(map(name, model.sorted_by))}" if model.sorted_by else ""


def _value(lake: Lake, model: PublishedModel, part: str) -> dict[str, object]:
    """A value of the partition column that lies in the partition."""
    if model.partition is None:
        return {}
    if part == WHOLE:
        return {model.partition: None}
    kind = lake.schema(model.table).field(model.partition).type
    day = date.fromisoformat(part)
    return {model.partition: day if pa.types.is_date(kind) else datetime.combine(day, datetime.min.time())}
