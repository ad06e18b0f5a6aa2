"""Partitions: splitting rows by them, and showing their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema

from tapflow.lake.model import LakeFile, PartitionField, Partitioning, PartitionValue, Split

_EPOCH = date(1970, 1, 1)
_KEY = "__partition_{}"


def split_rows(rows: pa.Table, partitioning: Partitioning) -> Iterator[tuple[Mapping[str, object], pa.Table]]:
    """The rows of each partition, with a value of each partition column that stands for it.

    The order of rows within a partition is kept. No rows, no partitions.
    """
    if not rows.num_rows:
        return
    if not partitioning:
        yield {}, rows
        return
    names = [_KEY.format(i) for i in range(len(partitioning))]
    keys = pa.table([partition_key(rows.column(f.column), f) for f in partitioning], names=names)
    distinct = keys.group_by(names, use_threads=False).aggregate([])
    if distinct.num_rows == 1:
        yield _values(rows.slice(0, 1), partitioning), rows
        return
    for group in distinct.to_pylist():
        mask = None
        for name in names:
            column, value = keys.column(name), group[name]
            same = pc.is_null(column) if value is None else pc.equal(column, pa.scalar(value, column.type))
            mask = same if mask is None else pc.and_kleene(mask, same)
        part = rows.filter(mask)
        yield _values(part.slice(0, 1), partitioning), part


def partition_key(column: pa.ChunkedArray, field: PartitionField) -> pa.ChunkedArray:
    """The partition of each row, as a value that equals for rows of one partition."""
    if field.split is Split.VALUE:
        return column
    return pc.floor_temporal(column, unit=field.split.value)


def _values(row: pa.Table, partitioning: Partitioning) -> Mapping[str, object]:
    return {f.column: row.column(f.column)[0].as_py() for f in partitioning}


def lake_file(file: DataFile, spec: PartitionSpec, schema: Schema, has_deletes: bool = False) -> LakeFile:
    """What people see of a data file."""
    partition = {
        f.name: shown(str(f.transform), schema.find_field(f.source_id).field_type, file.partition[i])
        for i, f in enumerate(spec.fields)
    }
    path = file.file_path.removeprefix("file://")
    return LakeFile(Path(path), file.record_count, file.file_size_in_bytes, partition, has_deletes)


def shown(transform: str, kind: Any, value: Any) -> PartitionValue:
    """A partition's value as people write it."""
    if value is None:
        return None
    if transform == "day":
        return _EPOCH + timedelta(days=value)
    if transform == "month":
        return date(1970 + value // 12, value % 12 + 1, 1)
    if transform == "year":
        return date(1970 + value, 1, 1)
    if str(kind).startswith("timestamp"):
        return (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=value)).replace(tzinfo=None).isoformat()
    if str(kind) == "date":
        return _EPOCH + timedelta(days=value)
    return value if isinstance(value, str | int) else str(value)
