"""Writing a day's logs: columns in, Parquet bytes and their digest out.

Numbers are delta or byte-split encoded without dictionaries (less than half the time and a
sixth smaller than the defaults); no Arrow schema is embedded, so that the bytes depend on the
values alone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tapflow.core.schema import Field, SourceObject, TruthColumn, TruthTable, Type

ARROW_TYPES: dict[Type, pa.DataType] = {
    Type.STRING: pa.string(),
    Type.JSON: pa.string(),
    Type.INT: pa.int64(),
    Type.FLOAT: pa.float64(),
    Type.BOOL: pa.bool_(),
    Type.TIMESTAMP: pa.timestamp("us"),  # UTC everywhere: a zone in the type would make each engine ask for its own
    Type.DATE: pa.date32(),
}
_ENCODINGS = {
    ARROW_TYPES[Type.INT]: "DELTA_BINARY_PACKED",
    ARROW_TYPES[Type.TIMESTAMP]: "DELTA_BINARY_PACKED",
    ARROW_TYPES[Type.DATE]: "DELTA_BINARY_PACKED",
    ARROW_TYPES[Type.FLOAT]: "BYTE_STREAM_SPLIT",
}


# Below this many rows a page is a few kB, and Zstandard's setting up for each page (it asks the processor what
# it can do, which a virtual machine answers slowly) takes more time than all else, in writing as in reading.
_ZSTD_FROM_ROWS = 5_000


@dataclass(frozen=True)
class Written:
    """One file of a day: its rows, size and SHA-256."""

    rows: int
    bytes: int
    sha256: str


def table_of(declared: SourceObject | TruthTable, columns: Mapping[str, Any]) -> pa.Table:
    """Columns as an Arrow table in the declared order and types; columns not given are null.

    Raises ValueError for a column that is not declared, or a required one that is missing.
    """
    fields = declared.fields if isinstance(declared, SourceObject) else declared.columns
    unknown = set(columns) - {f.name for f in fields}
    if unknown:
        raise ValueError(f"{declared.name} has undeclared columns: {', '.join(sorted(unknown))}")
    size = len(next(iter(columns.values())))
    arrays = [_array(declared.name, field, columns.get(field.name), size) for field in fields]
    return pa.Table.from_arrays(arrays, names=[f.name for f in fields])


def _array(owner: str, field: Field | TruthColumn, values: Any, size: int) -> pa.Array | pa.ChunkedArray:
    kind = ARROW_TYPES[field.type]
    if values is None:
        if isinstance(field, Field) and field.required:
            raise ValueError(f"{owner}.{field.name} is required and missing")
        return pa.nulls(size, kind)
    if isinstance(values, pa.Array | pa.ChunkedArray):
        plain = values.type == kind or pa.types.is_dictionary(values.type)
        return values if plain else values.cast(kind)
    if isinstance(values, np.ndarray) and values.dtype != object and field.type in (Type.TIMESTAMP, Type.DATE):
        return _times(values, kind)
    if (
        isinstance(values, np.ndarray)
        and values.dtype.kind in "iub"
        and field.type in (Type.INT, Type.FLOAT, Type.BOOL)
    ):
        return pa.array(values.astype(kind.to_pandas_dtype()), type=kind)
    return pa.array(values, type=kind, from_pandas=field.type is Type.FLOAT)


def _times(values: np.ndarray, kind: pa.DataType) -> pa.Array:
    if values.dtype.kind == "M":
        return pa.array(values).cast(kind) if kind != pa.date32() else pa.array(values.astype("M8[D]"), type=kind)
    width = np.int32 if kind == pa.date32() else np.int64
    return pa.array(values.astype(width)).view(kind)


def write_log(path: Path, table: pa.Table) -> Written:
    """Write a table as one Parquet file, whole or not at all. Equal values give equal bytes."""
    content = _encoded(table)
    # Named by the process: one whose parent was killed may still be at work beside the next run.
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_bytes(content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
    try:
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return Written(table.num_rows, content.size, hashlib.sha256(content).hexdigest())


def _encoded(table: pa.Table) -> pa.Buffer:
    types = {field.name: field.type for field in table.schema}
    words = [name for name, kind in types.items() if pa.types.is_string(kind) or pa.types.is_dictionary(kind)]
    sink = pa.BufferOutputStream()
    small = table.num_rows < _ZSTD_FROM_ROWS
    pq.write_table(
        table,
        sink,
        compression="snappy" if small else "zstd",
        compression_level=None if small else 1,
        use_dictionary=words,
        column_encoding={name: _ENCODINGS[kind] for name, kind in types.items() if kind in _ENCODINGS},
        store_schema=False,
        write_statistics=True,
        row_group_size=1 << 20,
    )
    return sink.getvalue()
