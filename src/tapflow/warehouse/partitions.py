"""Partitions of a table of the working file, written as files of the lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pyarrow as pa

from tapflow.lake import Lake, NewFile
from tapflow.warehouse.digest import WHOLE, begin_of, in_part
from tapflow.warehouse.engine import Connection, name, told
from tapflow.warehouse.models import PublishedModel

BATCH_ROWS = 250_000
TOGETHER_ROWS = 1_000_000


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
