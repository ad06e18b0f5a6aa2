"""What the lake's operations take and answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

PartitionValue = str | int | date | None
"""A partition's value as people write it: text, a number, a date, or a month's first day."""

AsOf = int | str | date | datetime | None
"""A point in a table's past: a snapshot's number, a tag, the instant of a commit (an aware
datetime), or a day of the simulated clock (a date: the last snapshot loaded through it)."""


class Split(StrEnum):
    """How a column's value becomes a partition."""

    VALUE = "identity"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class PartitionField:
    """One part of a table's partitioning: a column and how it splits the rows."""

    column: str
    split: Split = Split.VALUE

    @property
    def name(self) -> str:
        """The partition field's name in Iceberg."""
        return self.column if self.split is Split.VALUE else f"{self.column}_{self.split.value}"


Partitioning = tuple[PartitionField, ...]


@dataclass(frozen=True)
class LakeFile:
    """A live data file of a table."""

    path: Path
    rows: int
    bytes: int
    partition: Mapping[str, PartitionValue]
    has_deletes: bool = False


@dataclass(frozen=True)
class NewFile:
    """A data file that waits to be committed. `partition` maps source columns to a value of theirs."""

    path: Path
    partition: Mapping[str, object] = field(default_factory=dict)


DataColumns = Mapping[str, tuple[int, str]]
"""The columns of a data file in their order: the number by which Iceberg knows each, and its SQL type."""


@dataclass(frozen=True)
class SnapshotInfo:
    """A version of a table."""

    snapshot: int
    committed_at: datetime
    operation: str
    files: int
    rows: int
    bytes: int
    through: date | None
    tags: tuple[str, ...]
    summary: Mapping[str, str]


@dataclass(frozen=True)
class TableInfo:
    """A table and its current size."""

    name: str
    columns: int
    files: int
    rows: int
    bytes: int
    snapshots: int
    partitioning: Partitioning
    through: date | None
