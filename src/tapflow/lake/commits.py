"""One commit to a table: files in, files out, properties, a tag and expired snapshots, all or nothing.

Iceberg's own appends leave a manifest per commit and its overwrites keep manifests that list
nothing but deleted files, so that each commit is slower than the one before. The producer here
drops the empty ones and folds small ones together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyiceberg.io import OutputFile
from pyiceberg.manifest import DataFile, ManifestContent, ManifestEntry, ManifestEntryStatus, ManifestFile
from pyiceberg.table import Table, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update.snapshot import ExpireSnapshots, ManageSnapshots, _SnapshotProducer

from tapflow.lake.faults import Hook, silent, told

MERGE_MANIFESTS_AT = 20
MERGE_BELOW_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Change:
    """What one commit does. `removed` are paths of live data files."""

    added: Sequence[DataFile] = ()
    removed: Collection[str] = frozenset()
    properties: Mapping[str, str] = field(default_factory=dict)
    summary: Mapping[str, str] = field(default_factory=dict)
    tag: str | None = None
    expired: Collection[int] = ()


class _Transaction(Transaction):
    """A transaction that works out its metadata once per update, not at each look: half of a commit's time."""

    _worked_out: tuple[TableMetadata, int, TableMetadata] | None = None

    @property
    def table_metadata(self) -> TableMetadata:
        """The table's metadata with the staged updates."""
        base, count = self._table.metadata, len(self._updates)
        known = self._worked_out
        if known is None or known[0] is not base or known[1] != count:
            self._worked_out = known = (base, count, super().table_metadata)
        return known[2]


class _ChangeFiles(_SnapshotProducer["_ChangeFiles"]):
    """Adds and removes named data files, and keeps the manifests few."""

    def __init__(self, transaction: Transaction, change: Change, hook: Hook) -> None:
        operation = Operation.OVERWRITE if change.added else Operation.DELETE
        super().__init__(
            operation if change.removed else Operation.APPEND,
            transaction,
            transaction._table.io,
            snapshot_properties=dict(change.summary),
        )
        self._removed = frozenset(change.removed)
        self._hook = hook
        self._kept: list[ManifestFile] = []
        for file in change.added:
            self.append_data_file(file)

    def _build_delete_files_partition_predicate(self) -> None:
        """Not needed: files to remove are found by their paths."""

    def _deleted_entries(self) -> list[ManifestEntry]:
        # Called first, before the manifests are written: it also settles which old ones stay.
        self._hook("manifests")
        deleted: list[ManifestEntry] = []
        self._kept = []
        for manifest in self._parent_manifests():
            entries = self._entries_if_touched(manifest)
            gone = [e for e in entries if e.data_file.file_path in self._removed]
            if not gone:
                self._kept.append(manifest)
                continue
            deleted += [self._restated(e, ManifestEntryStatus.DELETED) for e in gone]
            self._deleted_data_files |= {e.data_file for e in gone}
            stay = [e for e in entries if e.data_file.file_path not in self._removed]
            if stay:
                self._kept.append(self._write(manifest.partition_spec_id, stay))
        if missing := self._removed - {e.data_file.file_path for e in deleted}:
            raise ValueError(f"{len(missing)} files to remove are not in the table, such as {min(missing)}")
        self._merge()
        return deleted

    def _existing_manifests(self) -> list[ManifestFile]:
        return self._kept

    def _parent_manifests(self) -> list[ManifestFile]:
        parent = self._transaction.table_metadata.snapshot_by_id(self._parent_snapshot_id or -1)
        manifests = parent.manifests(self._io) if parent else []
        return [m for m in manifests if m.has_added_files() or m.has_existing_files()]

    def _entries_if_touched(self, manifest: ManifestFile) -> list[ManifestEntry]:
        if not self._removed or manifest.content != ManifestContent.DATA:
            return []
        return manifest.fetch_manifest_entry(self._io, discard_deleted=True)

    def _merge(self) -> None:
        small: dict[int, list[ManifestFile]] = defaultdict(list)
        for manifest in self._kept:
            if manifest.content == ManifestContent.DATA and manifest.manifest_length < MERGE_BELOW_BYTES:
                small[manifest.partition_spec_id].append(manifest)
        for spec, manifests in small.items():
            if len(manifests) < MERGE_MANIFESTS_AT:
                continue
            entries = [e for m in manifests for e in m.fetch_manifest_entry(self._io, discard_deleted=True)]
            gone = {m.manifest_path for m in manifests}
            self._kept = [m for m in self._kept if m.manifest_path not in gone] + [self._write(spec, entries)]

    def _write(self, spec_id: int, entries: list[ManifestEntry]) -> ManifestFile:
        with self.new_manifest_writer(self.spec(spec_id)) as writer:
            for entry in entries:
                writer.add_entry(self._restated(entry, ManifestEntryStatus.EXISTING))
        return writer.to_manifest_file()

    def _restated(self, entry: ManifestEntry, status: ManifestEntryStatus) -> ManifestEntry:
        deleted = status is ManifestEntryStatus.DELETED
        return ManifestEntry.from_args(
            status=status,
            snapshot_id=self._snapshot_id if deleted else entry.snapshot_id,
            sequence_number=entry.sequence_number,
            file_sequence_number=entry.file_sequence_number,
            data_file=entry.data_file,
        )

    def new_manifest_output(self) -> OutputFile:
        """Where the next manifest goes."""
        self._hook("manifest")
        return super().new_manifest_output()

    def _commit(self) -> Any:
        answer = super()._commit()
        self._hook("manifest list written")
        return answer


def commit(table: Table, change: Change, hook: Hook = silent) -> int | None:
    """Carry out a change as one commit; answers the new snapshot's number, None if no file changed."""
    name = ".".join(table.name())
    snapshot: int | None = None
    with told(f"table {name}"):
        transaction = _Transaction(table)
        if change.properties:
            transaction.set_properties(dict(change.properties))
        if change.added or change.removed or change.summary:
            producer = _ChangeFiles(transaction, change, hook)
            producer.commit()
            snapshot = producer.snapshot_id
        if change.tag and (tagged := snapshot or _head(table)):
            ManageSnapshots(transaction).create_tag(tagged, change.tag).commit()
        if change.expired:
            ExpireSnapshots(transaction).by_ids(list(change.expired)).commit()
        hook("commit")
        transaction.commit_transaction()
        hook("committed")
    return snapshot


def _head(table: Table) -> int | None:
    snapshot = table.current_snapshot()
    return snapshot.snapshot_id if snapshot else None
