"""Keeping a table's disk small: expiring versions and their files, and finding files that nothing needs."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyiceberg.manifest import ManifestFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from tapflow.lake.faults import told

KEEP_SNAPSHOTS = 30


@dataclass(frozen=True)
class Removed:
    """What an expiry or a clean-up took away."""

    snapshots: int = 0
    files: int = 0
    bytes: int = 0


def expired_snapshots(
    table: Table, keep: int, before: datetime | None = None, protected: Collection[int] = (), room_for: int = 0
) -> list[int]:
    """Which snapshots may go: those beyond the newest `keep`, and with `before` only older ones of them.

    The current one, tagged and protected ones stay. `room_for` snapshots about to come count as newest.
    """
    newest_first = sorted(table.snapshots(), key=lambda s: s.sequence_number or 0, reverse=True)
    pinned = {ref.snapshot_id for ref in table.refs().values()} | set(protected)
    limit = int(before.timestamp() * 1000) if before else None
    return [
        s.snapshot_id
        for age, s in enumerate(newest_first)
        if age >= keep - room_for and s.snapshot_id not in pinned and (limit is None or s.timestamp_ms < limit)
    ]


def reachable(table: Table, snapshots: Iterable[Snapshot], known: set[str] | None = None) -> tuple[set[str], set[str]]:
    """The metadata files and the data files that snapshots need.

    Manifests in `known` are taken as read: their data files are not listed.
    """
    lists: set[str] = set()
    manifests: dict[str, ManifestFile] = {}
    for snapshot in snapshots:
        lists.add(_local(snapshot.manifest_list))
        for manifest in snapshot.manifests(table.io):
            manifests[_local(manifest.manifest_path)] = manifest
    data = {
        _local(entry.data_file.file_path)
        for path, manifest in manifests.items()
        if known is None or path not in known
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=False)
    }
    return lists | set(manifests), data


def _local(path: str) -> str:
    return path.removeprefix("file://")


def needless_files(table: Table, expired: Collection[int]) -> list[Path]:
    """The files that only the snapshots about to expire need. To be asked before they expire."""
    going = [s for s in table.snapshots() if s.snapshot_id in set(expired)]
    if not going:
        return []
    kept = [s for s in table.snapshots() if s.snapshot_id not in set(expired)]
    kept_metadata, _ = reachable(table, kept, known=_every_manifest(table, kept))
    gone_metadata, gone_data = reachable(table, going, known=kept_metadata)
    if gone_data:
        gone_data -= _live_data(table, kept)
    return sorted(Path(p) for p in (gone_metadata - kept_metadata) | gone_data)


def _every_manifest(table: Table, snapshots: Iterable[Snapshot]) -> set[str]:
    return {_local(m.manifest_path) for s in snapshots for m in s.manifests(table.io)}


def _live_data(table: Table, snapshots: Iterable[Snapshot]) -> set[str]:
    manifests = {m.manifest_path: m for s in snapshots for m in s.manifests(table.io)}
    return {
        _local(e.data_file.file_path)
        for m in manifests.values()
        for e in m.fetch_manifest_entry(table.io, discard_deleted=True)
    }


def remove(paths: Iterable[Path], snapshots: int = 0) -> Removed:
    """Delete files; those that are gone already count for nothing."""
    files = size = 0
    for path in paths:
        with told(str(path)):
            try:
                length = path.stat().st_size
                path.unlink()
            except FileNotFoundError:
                continue
        files, size = files + 1, size + length
    return Removed(snapshots, files, size)


def orphan_files(table: Table, folder: Path, older_than_seconds: float) -> list[Path]:
    """Files in the table's folder that no snapshot and no metadata needs, older than the given age.

    The age protects what another process is just writing.
    """
    needed = {_local(table.metadata_location)} | {_local(e.metadata_file) for e in table.metadata.metadata_log}
    metadata, data = reachable(table, table.snapshots())
    needed |= metadata | data | {_local(s.statistics_path) for s in table.metadata.statistics}
    youngest = time.time() - older_than_seconds
    return sorted(
        p for p in folder.rglob("*") if p.is_file() and str(p) not in needed and p.stat().st_mtime <= youngest
    )
