"""What a table is and was: its size, shape and versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from tapflow.lake.evolution import partitioning_of
from tapflow.lake.model import SnapshotInfo, TableInfo
from tapflow.lake.scans import through


def table_info(name: str, table: Table) -> TableInfo:
    """A table's size and shape now."""
    snapshot = table.current_snapshot()
    summary = summary_of(snapshot)
    return TableInfo(
        name,
        len(table.schema().fields),
        int(summary.get("total-data-files", 0)),
        int(summary.get("total-records", 0)),
        int(summary.get("total-files-size", 0)),
        len(table.snapshots()),
        partitioning_of(table),
        through(snapshot) if snapshot else None,
    )


def snapshot_infos(table: Table) -> list[SnapshotInfo]:
    """A table's versions that can be read, oldest first."""
    tags: dict[int, list[str]] = {}
    for tag, ref in table.refs().items():
        tags.setdefault(ref.snapshot_id, []).append(tag)
    ordered = sorted(table.snapshots(), key=lambda s: s.sequence_number or 0)
    return [_info(s, tuple(sorted(tags.get(s.snapshot_id, ())))) for s in ordered]


def _info(snapshot: Snapshot, tags: tuple[str, ...]) -> SnapshotInfo:
    summary = summary_of(snapshot)
    return SnapshotInfo(
        snapshot.snapshot_id,
        datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC),
        snapshot.summary.operation.value if snapshot.summary else "",
        int(summary.get("total-data-files", 0)),
        int(summary.get("total-records", 0)),
        int(summary.get("total-files-size", 0)),
        through(snapshot),
        tags,
        summary,
    )


def summary_of(snapshot: Snapshot | None) -> Mapping[str, str]:
    """A snapshot's summary; empty when there is none."""
    return dict(snapshot.summary.additional_properties) if snapshot and snapshot.summary else {}
