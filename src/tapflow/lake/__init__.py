"""The lake: Iceberg tables, appended, replaced, read as of a time, evolved, compacted and cleaned.

The only package that knows Iceberg.
"""

from tapflow.lake.columns import conform
from tapflow.lake.lake import Lake
from tapflow.lake.maintenance import Removed
from tapflow.lake.model import (
    AsOf,
    DataColumns,
    LakeFile,
    NewFile,
    PartitionField,
    Partitioning,
    SnapshotInfo,
    Split,
    TableInfo,
)
from tapflow.lake.scans import Scan

__all__ = [
    "AsOf",
    "DataColumns",
    "Lake",
    "LakeFile",
    "NewFile",
    "PartitionField",
    "Partitioning",
    "Removed",
    "Scan",
    "SnapshotInfo",
    "Split",
    "TableInfo",
    "conform",
]
