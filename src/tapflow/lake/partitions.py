"""Partitions: splitting rows by them, and showing their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema

from tapflow.lake.model import LakeFile, PartitionField, Partitioning, PartitionValue, Split

_EPOCH = date(1970, 1, 1)


def split_rows(rows: pa.Table, partitioning: Partitioning) -> Iterator[tuple[Mapping[str, object], pa.Table]]:
    """The rows of each partition, with a value of each partition column that stands for it.

    The order of rows within a partition is kept. No rows, no partitions.
    """
    if not rows.num_rows:
        return
    if not partitioning:
        yield {}, rows
        return
    codes = _codes(rows, partitioning)
    begins = np.flatnonzero(np.diff(codes, prepend=-1))
    if len(np.unique(codes[begins])) == len(begins):
        # Each partition's rows lie together, as those of days in their order do: cutting copies nothing.
        for begin, end in pairwise([*begins.tolist(), len(codes)]):
            part = rows.slice(begin, end - begin)
            yield _values(part, partitioning), part
        return
    for code in dict.fromkeys(codes[begins].tolist()):
        part = rows.filter(pa.array(codes == code))
        yield _values(part, partitioning), part


def _codes(rows: pa.Table, partitioning: Partitioning) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A number for each row, the same for rows of one partition."""
    codes = np.zeros(rows.num_rows, np.int64)
    for field in partitioning:
        key = partition_key(rows.column(field.column), field).combine_chunks()
        encoded = key.dictionary_encode(null_encoding="encode")
        codes = codes * len(encoded.dictionary) + encoded.indices.to_numpy()
    return codes


def partition_key(column: pa.ChunkedArray, field: PartitionField) -> pa.ChunkedArray:
    """The partition of each row, as a value that equals for rows of one partition."""
    if field.split is Split.VALUE:
        return column
    return pc.floor_temporal(column, unit=field.split.value)


def _values(part: pa.Table, partitioning: Partitioning) -> Mapping[str, object]:
    return {f.column: part.column(f.column)[0].as_py() for f in partitioning}


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
