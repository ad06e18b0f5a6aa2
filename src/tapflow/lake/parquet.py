"""Data files: written the cheap way, and described to Iceberg from their footers."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.io.fileformat import DataFileStatistics
from pyiceberg.io.pyarrow import (
    compute_statistics_plan,
    data_file_statistics_from_parquet_metadata,
    parquet_path_to_id_mapping,
)
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.partitioning import PartitionField, PartitionSpec, partition_record_value
from pyiceberg.schema import Schema
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.typedef import Record

from tapflow.lake.columns import parquet_encodings
from tapflow.lake.faults import Hook, silent, told
from tapflow.lake.model import NewFile, PartitionValue
from tapflow.lake.partitions import shown

ROW_GROUP_ROWS = 1_000_000
# Setting up Zstandard for each of a small file's pages takes longer than packing them.
_ZSTD_FROM_ROWS = 20_000


@contextmanager
def new_file(path: Path, hook: Hook = silent) -> Iterator[None]:
    """A data file is written here: its folder is there, and what a failed writer leaves is removed."""
    hook("data file")
    with told(f"a data file in {path.parent}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield
        except Exception:
            path.unlink(missing_ok=True)
            raise


def write_parquet(rows: pa.Table, schema: pa.Schema, path: Path, hook: Hook = silent) -> int:
    """Write rows to `path` in the lake's encodings; answers how many. A failed file is removed."""
    dictionary, encodings = parquet_encodings(schema)
    small = rows.num_rows < _ZSTD_FROM_ROWS
    with (
        new_file(path, hook),
        pq.ParquetWriter(
            path,
            schema,
            compression="snappy" if small else "zstd",
            compression_level=None if small else 1,
            use_dictionary=dictionary or False,
            column_encoding=encodings,
        ) as writer,
    ):
        writer.write_table(rows, row_group_size=ROW_GROUP_ROWS)
        hook("data file half written")
    return rows.num_rows


def new_name() -> str:
    """A data file's name that nothing else has."""
    return f"{uuid.uuid4().hex}.parquet"


def partition_folder(partition: Mapping[str, object]) -> str:
    """The folder of a partition, `column=value/…`, values quoted as in a URL (Hive's layout)."""
    return "/".join(f"{column}={quote(_text(value), safe='')}" for column, value in partition.items())


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "__HIVE_DEFAULT_PARTITION__" if value is None else str(value)


class Describer:
    """Turns written files of one table into Iceberg's descriptions of data files."""

    def __init__(self, metadata: TableMetadata) -> None:
        self._schema: Schema = metadata.schema()
        self._spec: PartitionSpec = metadata.spec()
        self._plan = compute_statistics_plan(self._schema, metadata.properties)
        self._ids = parquet_path_to_id_mapping(self._schema)

    def describe(self, file: NewFile) -> DataFile:
        """The description of one file, statistics from its footer.

        The partition comes from `file.partition` where that names the column, else from the
        footer's statistics, which must then hold a single partition (ValueError otherwise).
        """
        footer = pq.read_metadata(file.path)
        statistics = data_file_statistics_from_parquet_metadata(footer, self._plan, self._ids)
        values = [self._partition(field, file.partition, statistics) for field in self._spec.fields]
        return DataFile.from_args(
            content=DataFileContent.DATA,
            file_path=str(file.path),
            file_format=FileFormat.PARQUET,
            partition=Record(*values),
            file_size_in_bytes=os.path.getsize(file.path),
            sort_order_id=None,
            spec_id=self._spec.spec_id,
            equality_ids=None,
            key_metadata=None,
            **statistics.to_serialized_dict(),
        )

    def shown_partition(self, file: DataFile) -> dict[str, PartitionValue]:
        """A described file's partition as people write it."""
        return {
            f.name: shown(str(f.transform), self._schema.find_field(f.source_id).field_type, file.partition[i])
            for i, f in enumerate(self._spec.fields)
        }

    def _partition(self, field: PartitionField, told: Mapping[str, object], statistics: DataFileStatistics) -> Any:
        source = self._schema.find_field(field.source_id)
        if source.name not in told:
            return statistics._partition_value(field, self._schema)
        internal = partition_record_value(field, told[source.name], self._schema)
        return field.transform.transform(source.field_type)(internal)
