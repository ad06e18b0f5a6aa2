"""Quarantine: what could not be loaded, with the reason; nothing is thrown away.

Rows of a source file are replaced as a whole, so that loading it again (after a crash, or once
it was repaired) leaves each refusal once, or none.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tapflow.ingest.judging import Refusal
from tapflow.ingest.reading import Content
from tapflow.lake import Lake, NewFile, PartitionField, Split
from tapflow.lake.faults import Hook, silent, told

TABLE = "quarantine.records"
SCHEMA = pa.schema(
    [
        pa.field("system", pa.string(), metadata={"doc": "The source system."}),
        pa.field("object", pa.string(), metadata={"doc": "Its object."}),
        pa.field("day", pa.date32(), metadata={"doc": "The day of the file."}),
        pa.field("source_file", pa.string(), metadata={"doc": "The file, below the sources' folder."}),
        pa.field("reason", pa.string(), metadata={"doc": "Why it was refused."}),
        pa.field("field", pa.string(), metadata={"doc": "The field at fault; null when it is the whole file."}),
        pa.field("record", pa.string(), metadata={"doc": "The record as JSON, or what is known of the file."}),
        pa.field("rows", pa.int64(), metadata={"doc": "How many records this stands for."}),
        pa.field("kept_file", pa.string(), metadata={"doc": "Where the refused file's bytes are kept."}),
        pa.field("loaded_at", pa.timestamp("us"), metadata={"doc": "When it would have been loaded, UTC, simulated."}),
    ]
)
PARTITIONING = (PartitionField("system"), PartitionField("object"), PartitionField("day", Split.MONTH))


@dataclass(frozen=True)
class Refused:
    """The refusals of one source file."""

    day: date
    source_file: str
    loaded_at: datetime
    refusals: Sequence[Refusal]


class Quarantine:
    """The quarantine of a home."""

    def __init__(self, home: Path, lake: Lake, hook: Hook = silent) -> None:
        self.folder = home / "quarantine"
        self._lake = lake
        self._hook = hook
        self._lock = threading.Lock()
        self._begun = lake.exists(TABLE)

    def keep_bytes(self, system: str, name: str, content: Content) -> str:
        """Keep a copy of a refused file; answers its path. Keeping the same bytes twice changes nothing."""
        stem, _, suffix = content.path.name.partition(".")
        path = self.folder / system / name / f"{stem}.{content.sha256[:12]}.{suffix}"
        if not path.exists():
            with told(str(path)):
                self._hook("keep refused file")
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_name(path.name + ".part")
                part.write_bytes(content.data)
                os.replace(part, path)
        return str(path)

    def settle(self, system: str, name: str, days: Collection[date], refused: Sequence[Refused]) -> bool:
        """Make the quarantine hold, for these days of an object, exactly these refusals, in one commit.

        False when it did already.
        """
        with self._lock:
            if not refused and not self._begun:
                return False
            if refused:
                self._lake.ensure(TABLE, SCHEMA, PARTITIONING)
                self._begun = True
            months = {d.replace(day=1) for d in days}
            touched = [
                f
                for f in self._lake.scan(TABLE).files
                if f.partition["system"] == system
                and f.partition["object"] == name
                and f.partition["day_month"] in months
            ]
            old = self._lake.rows_of(TABLE, touched)
            ours = pc.is_in(old["day"], pa.array(sorted(days), pa.date32()))
            stay, new = old.filter(pc.invert(ours)), _rows(system, name, refused)
            if _same(old.filter(ours), new):
                return False
            with told(f"table {TABLE}"):
                self._hook("quarantine")
            files: list[NewFile] = self._lake.write(TABLE, pa.concat_tables([stay.cast(new.schema), new]))
            self._lake.change(TABLE, files, [f.path for f in touched])
            self._hook("quarantined")
            return True


def _rows(system: str, name: str, refused: Sequence[Refused]) -> pa.Table:
    records = [
        {
            "system": system,
            "object": name,
            "day": each.day,
            "source_file": each.source_file,
            "reason": refusal.reason,
            "field": refusal.field,
            "record": refusal.record,
            "rows": refusal.rows,
            "kept_file": refusal.kept_file,
            "loaded_at": each.loaded_at,
        }
        for each in refused
        for refusal in each.refusals
    ]
    return pa.Table.from_pylist(records, schema=pa.schema([f.remove_metadata() for f in SCHEMA]))


def _same(old: pa.Table, new: pa.Table) -> bool:
    keys = ("day", "reason", "field", "record", "loaded_at")
    return sorted(map(repr, old.select(keys).to_pylist())) == sorted(map(repr, new.select(keys).to_pylist()))


def listed(lake: Lake, system: str | None = None) -> list[Mapping[str, object]]:
    """The quarantine's rows, by system, object and day."""
    if not lake.exists(TABLE):
        return []
    rows = lake.scan(TABLE).arrow().to_pylist()
    chosen = [r for r in rows if system is None or r["system"] == system]
    return sorted(chosen, key=lambda r: (r["system"], r["object"], r["day"], r["record"]))
