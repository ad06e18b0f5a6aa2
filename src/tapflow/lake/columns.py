"""Column types between Arrow and Iceberg, and how each is written."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from pyiceberg.io.pyarrow import _pyarrow_to_schema_without_ids, schema_to_pyarrow
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    LongType,
    StringType,
    TimestampType,
    TimestamptzType,
)

from tapflow.core.errors import AskedWrongly

WIDENS: dict[type[IcebergType], tuple[type[IcebergType], ...]] = {
    IntegerType: (LongType,),
    FloatType: (DoubleType,),
}

_SQL: dict[Any, str] = {
    BooleanType: "boolean",
    IntegerType: "integer",
    LongType: "bigint",
    FloatType: "real",
    DoubleType: "double",
    StringType: "varchar",
    DateType: "date",
    TimestampType: "timestamp",
    TimestamptzType: "timestamp with time zone",
    BinaryType: "blob",
}


def iceberg_schema(schema: pa.Schema) -> Schema:
    """The Iceberg schema of an Arrow schema, fields numbered from 1 in their order.

    Field metadata `doc` becomes the column's description. Nanoseconds become microseconds.
    """
    return assign_fresh_schema_ids(_pyarrow_to_schema_without_ids(schema, downcast_ns_timestamp_to_us=True))


def arrow_schema(schema: Schema) -> pa.Schema:
    """The Arrow schema in which a table's files are written: plain types that carry the field ids.

    Text is `string` and binary `binary` (not their large forms), as Parquet gives them back.
    """
    return pa.schema([_plain(f) for f in schema_to_pyarrow(schema)])


def _plain(field: pa.Field) -> pa.Field:
    kind = field.type
    if pa.types.is_large_string(kind):
        kind = pa.string()
    elif pa.types.is_large_binary(kind):
        kind = pa.binary()
    return field.with_type(kind)


def sql_type(kind: IcebergType) -> str:
    """The type's name in the SQL that DuckDB and Trino share."""
    if isinstance(kind, DecimalType):
        return f"decimal({kind.precision}, {kind.scale})"
    try:
        return _SQL[type(kind)]
    except KeyError:
        raise AskedWrongly(f"A column of type {kind} cannot be offered to SQL.") from None


def parquet_encodings(schema: pa.Schema) -> tuple[list[str], dict[str, str]]:
    """Which columns get a dictionary, and the encoding of each of the others.

    Whole numbers and instants are written as deltas, floats by split bytes; both encode faster
    and smaller than dictionaries. Text repeats itself: it keeps the dictionary.
    """
    dictionary: list[str] = []
    encodings: dict[str, str] = {}
    for field in schema:
        kind = field.type
        if pa.types.is_integer(kind) or pa.types.is_timestamp(kind) or pa.types.is_date32(kind):
            encodings[field.name] = "DELTA_BINARY_PACKED"
        elif pa.types.is_floating(kind):
            encodings[field.name] = "BYTE_STREAM_SPLIT"
        elif pa.types.is_string(kind) or pa.types.is_binary(kind):
            dictionary.append(field.name)
    return dictionary, encodings


def conform(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows in the columns, order and types of `schema`; missing columns are null, others left out."""
    columns = [
        rows.column(f.name).cast(f.type) if f.name in rows.column_names else pa.nulls(rows.num_rows, f.type)
        for f in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
