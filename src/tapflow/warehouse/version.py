"""Published versions: a folder each, and one small file that names the current one.

    <home>/warehouse/current.json                 {"version": "v0007"}
    <home>/warehouse/versions/v0007/manifest.json what the version holds
    <home>/warehouse/versions/v0007/views.duckdb  views over its files, and its small tables
    <home>/warehouse/draft.json                   what the lake holds of a history under way, before a version names it

A version is whole before it is named; naming it is one rename. Nothing in a version changes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tapflow.core.errors import AskedWrongly, FileBroken, UnknownName
from tapflow.warehouse.digest import Part

FORMAT = 1


@dataclass(frozen=True)
class PublishedTable:
    """A table of a version: where it lies in the lake, and what it holds.

    `files` are absolute paths of the lake's data files; `parts` its content by partition;
    `classifications` column -> what it may tell (none in versions older than they are).
    """

    snapshot: int | None
    rows: int
    digest: str
    partition: str | None
    grain: str
    stored: bool
    columns: Mapping[str, str]
    parts: Mapping[str, Part]
    files: tuple[str, ...]
    classifications: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Version:
    """A published version. `built_at` is real time, ISO 8601; the days are simulated."""

    id: str
    built_at: str
    first_day: str
    data_through_day: str
    project_digest: str
    engine: str
    tables: Mapping[str, PublishedTable] = field(default_factory=dict)

    @property
    def digest(self) -> Mapping[str, str]:
        """Table -> digest of its rows."""
        return {name: table.digest for name, table in self.tables.items()}


class Versions:
    """The versions of a home's warehouse."""

    def __init__(self, warehouse: Path) -> None:
        self.folder = warehouse / "versions"
        self.pointer = warehouse / "current.json"

    def ids(self) -> list[str]:
        """Ids of the whole versions, oldest first."""
        return sorted(p.parent.name for p in self.folder.glob("v*/manifest.json"))

    def next_id(self) -> str:
        """An id above every one ever used: a version taken back is never named anew."""
        taken = [int(p.name[1:]) for p in self.folder.glob("v[0-9]*") if p.name[1:].isdigit()]
        return f"v{max(taken, default=0) + 1:04d}"

    def current_id(self) -> str | None:
        """The version that readers see, or None before the first."""
        try:
            return str(json.loads(self.pointer.read_text(encoding="utf-8"))["version"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError) as error:
            raise FileBroken(
                f"{self.pointer} does not name a version.", "Run `tapflow rollback` to name one."
            ) from error

    def current(self) -> Version:
        """The version that readers see. Raises AskedWrongly before the first."""
        found = self.current_id()
        if found is None:
            raise AskedWrongly("Nothing has been published yet.", "Run `tapflow up` first.")
        return self.read(found)

    def read(self, version: str) -> Version:
        """A version by its id (`v0007`, or 7)."""
        found = f"v{int(version):04d}" if version.isdigit() else version
        path = self.folder / found / "manifest.json"
        if not path.is_file():
            raise UnknownName("version", version, self.ids())
        return _version(json.loads(path.read_text(encoding="utf-8")))

    def definitions(self, version: str) -> Path:
        """What a version's semantic models and metrics are: dbt's semantic manifest."""
        return self.folder / version / "metrics.json"

    def views(self, version: str) -> Path:
        """The DuckDB file of a version."""
        return self.folder / version / "views.duckdb"

    def point(self, version: str) -> None:
        """Show readers a version: one atomic rename."""
        whole = self.read(version)
        write_atomically(self.pointer, json.dumps({"version": whole.id}) + "\n")

    def rollback(self, version: str | None = None) -> Version:
        """Show readers an older version: the one asked for, or the newest before the current one."""
        if version is None:
            older = [v for v in self.ids() if v < (self.current_id() or "")]
            if not older:
                raise AskedWrongly("There is no older version to go back to.", "See `tapflow versions`.")
            version = older[-1]
        chosen = self.read(version)
        self.point(chosen.id)
        return chosen

    def draft(self) -> Version | None:
        """What was published in the lake, and that no version names yet: old partitions of a history under way."""
        path = self._draft
        return _version(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def keep_draft(self, draft: Version) -> None:
        """Keep a draft in the place of the one before."""
        write_atomically(self._draft, manifest_text(draft))

    def forget_draft(self) -> None:
        """Remove the draft: a version names all now."""
        self._draft.unlink(missing_ok=True)

    @property
    def _draft(self) -> Path:
        return self.folder.parent / "draft.json"

    def forget(self, keep: int, before: datetime) -> list[str]:
        """Remove versions beyond the newest `keep` or built before a time, never the current one; answers their ids."""
        current, ids = self.current_id(), self.ids()
        old = {v for v in ids if datetime.fromisoformat(self.read(v).built_at) < before} | set(ids[:-keep])
        gone = sorted(old - {current})
        for version in gone:
            # The manifest goes first: a version without one is no version.
            (self.folder / version / "manifest.json").unlink()
            shutil.rmtree(self.folder / version)
        return gone

    def sweep(self) -> None:
        """Remove folders that a killed publisher left half made."""
        for folder in self.folder.glob("v*"):
            if not (folder / "manifest.json").is_file():
                shutil.rmtree(folder)


def manifest_text(version: Version) -> str:
    """A version as JSON."""
    return json.dumps({"format": FORMAT, **asdict(version)}, indent=1) + "\n"


def _version(stored: dict[str, Any]) -> Version:
    if stored.pop("format") != FORMAT:
        raise FileBroken("A version's manifest has a form that this release does not know.", "Run `tapflow build`.")
    tables = {name: _table(t) for name, t in stored.pop("tables").items()}
    return Version(**stored, tables=tables)


def _table(stored: dict[str, Any]) -> PublishedTable:
    parts = {name: Part(**p) for name, p in stored.pop("parts").items()}
    return PublishedTable(**{**stored, "files": tuple(stored["files"])}, parts=parts)


def write_atomically(path: Path, content: str) -> None:
    """Write a text file so that readers see the old or the new one whole, after a power cut too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arriving = path.with_name(path.name + ".new")
    with arriving.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    arriving.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
