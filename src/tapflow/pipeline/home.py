"""A home: the folder that holds one company, what its systems saw, its lake and its warehouse."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tapflow.core import units
from tapflow.core.errors import AskedWrongly, DiskFull, FileBroken, HomeLocked, SurroundingsFailed

_FORM = 1  # of home.json; a home of another form is refused


@dataclass(frozen=True)
class Pin:
    """What the first run settled for ever: whose company this home holds.

    `scenario_digest` is of all values, so that a change of the shipped ones is noticed as well;
    `overrides` are the user's own.
    """

    profile: str
    seed: int
    scenario_digest: str
    first_day: str  # ISO date
    overrides: dict[str, Any] = field(default_factory=dict)

    @property
    def first_date(self) -> date:
        """The first simulated day."""
        return date.fromisoformat(self.first_day)


@dataclass(frozen=True)
class Home:
    """Paths and state of a home. Making one touches no disk."""

    root: Path

    @property
    def record(self) -> Path:
        """`home.json`: the pin."""
        return self.root / "home.json"

    @property
    def sources(self) -> Path:
        """The systems' daily logs: sources/<system>/<object>/<date>.parquet."""
        return self.root / "sources"

    @property
    def day_markers(self) -> Path:
        """sources/_days/<date>.json: a day counts only when its marker is there."""
        return self.sources / "_days"

    @property
    def truth(self) -> Path:
        """The ledger: truth/<table>/<date>.parquet."""
        return self.root / "truth"

    @property
    def state(self) -> Path:
        """Checkpoints of the company: state/<date>.state."""
        return self.root / "state"

    @property
    def lake(self) -> Path:
        """The Iceberg catalog and its data."""
        return self.root / "lake"

    @property
    def warehouse(self) -> Path:
        """The builder's working file and the published versions."""
        return self.root / "warehouse"

    @property
    def runs(self) -> Path:
        """`runs.jsonl`: a line for each run, in real time."""
        return self.root / "runs.jsonl"

    def exists(self) -> bool:
        """Whether a first run has begun here."""
        return self.record.exists()

    def pin(self) -> Pin | None:
        """The pin, or None before the first run. Raises FileBroken if it cannot be read."""
        try:
            values = json.loads(self.record.read_text(encoding="utf-8"))
            form, made_at = values.pop("form"), values.pop("made_at")
            if form != _FORM:
                raise SurroundingsFailed(
                    f"{self.root} was made by another version of TapFlow (form {form}, here {_FORM}).",
                    "Use another home with --home, or delete this one.",
                )
            pin = Pin(**values)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FileBroken(
                f"{self.record} is not a readable home record.", "Restore it, or begin anew in another --home."
            ) from error
        if made_at != str(self.root.resolve()) and self.lake.exists():
            # Iceberg names every file by its full path: a copy would read and clean up the original's files.
            raise AskedWrongly(
                f"The home {self.root} was made as {made_at} and cannot be moved or copied.",
                "Use it where it was made, or begin another with --home DIR.",
            )
        return pin

    def require_pin(self) -> Pin:
        """The pin of a home that has begun. Raises AskedWrongly before the first run."""
        pin = self.pin()
        if pin is None:
            raise AskedWrongly(f"There is no company in {self.root} yet.", "Begin with: tapflow up")
        return pin

    def settle(self, wanted: Pin) -> Pin:
        """Pin `wanted` on the first run; later answer what is pinned, refusing what contradicts it."""
        pinned = self.pin()
        if pinned is None:
            self.root.mkdir(parents=True, exist_ok=True)
            write_atomically(self.record, self._text(wanted) + "\n")
            return wanted
        for name, told in (("profile", "profile"), ("seed", "seed"), ("scenario_digest", "scenario")):
            have, want = getattr(pinned, name), getattr(wanted, name)
            if have != want:
                shown = f" {have}, not {want}" if name != "scenario_digest" else ""
                raise AskedWrongly(
                    f"{self.root} holds a company with another {told}{':' if shown else ''}{shown}.",
                    "Begin another with --home DIR, or delete this home to start again.",
                )
        return pinned

    def _text(self, pin: Pin) -> str:
        return json.dumps({"form": _FORM, "made_at": str(self.root.resolve()), **asdict(pin)}, indent=2)

    def days(self) -> list[date]:
        """The simulated days, in order."""
        return sorted(date.fromisoformat(path.stem) for path in self.day_markers.glob("????-??-??.json"))

    def last_day(self) -> date | None:
        """The newest simulated day, or None."""
        days = self.days()
        return days[-1] if days else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this home alone. Raises HomeLocked, naming the holder, if another process does."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a+", encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                handle.seek(0)
                holder = handle.read().strip() or "another process"
                raise HomeLocked(
                    f"{self.root} is in use by {holder}.", "Wait until it is done, or use another home with --home."
                ) from error
            handle.truncate(0)
            handle.write(f"process {os.getpid()} (tapflow {' '.join(sys.argv[1:])})".replace("( ", "("))
            handle.flush()
            try:
                yield
            finally:
                handle.truncate(0)

    def lock_holder(self) -> str | None:
        """Who holds the home now, or None."""
        try:
            with (self.root / "lock").open("r", encoding="utf-8") as handle:
                try:
                    fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return handle.read().strip() or "another process"
        except FileNotFoundError:
            pass
        return None

    def free_bytes(self) -> int:
        """Room on the disk of the home, or of its nearest folder that exists."""
        return shutil.disk_usage(self.nearest_folder()).free

    def nearest_folder(self) -> Path:
        """The home's root, or the first folder above it that exists."""
        folder = self.root.absolute()
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        return folder

    def require_room(self, needed: int) -> None:
        """Raise DiskFull unless `needed` bytes are free."""
        free = self.free_bytes()
        if free < needed:
            raise DiskFull(
                f"The disk of {self.root} has {units.size(free)} free; this needs about {units.size(needed)}.",
                "Make room, or choose another place with --home, or a smaller --profile.",
            )


def write_atomically(path: Path, text: str) -> None:
    """Write a small file whole or not at all. Raises DiskFull."""
    scratch = path.with_name(path.name + ".part")
    try:
        with scratch.open("w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"There is no room to write {path}.", "Make room and run again.") from error
        raise


def folder_bytes(folder: Path) -> int:
    """The sizes of all files below a folder, in bytes."""
    return sum(os.lstat(os.path.join(where, name)).st_size for where, _, names in os.walk(folder) for name in names)
