"""The days that sources closed: one marker a day, naming its files."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson

from tapflow.core.clock import day_number, load_instant
from tapflow.core.errors import FileBroken

SUFFIXES = (".parquet", ".jsonl", ".jsonl.gz")


@dataclass(frozen=True)
class MarkedFile:
    """A file that a day's marker names.

    `held`: the source did not deliver it that day; it counts as delivered when the day `until`
    is closed, or when the marker is written anew without it. `loaded_at`: a file that came late
    has an instant of its own.
    """

    rows: int | None
    sha256: str | None
    held: bool = False
    until: date | None = None
    loaded_at: datetime | None = None


@dataclass(frozen=True)
class Marker:
    """A closed day: when it counts as loaded, and its files by `system/object`."""

    day: date
    loaded_at: datetime
    files: Mapping[str, MarkedFile] = field(default_factory=dict)


def read_markers(sources: Path, days: Collection[date] | None = None) -> dict[date, Marker]:
    """The closed days below a sources' folder, in order; only `days`, when told.

    Raises FileBroken for a marker that cannot be read.
    """
    found: dict[date, Marker] = {}
    for path in sorted((sources / "_days").glob("*.json")):
        try:
            day = date.fromisoformat(path.stem)
        except ValueError:
            continue
        if days is None or day in days:
            found[day] = _read(path, day)
    return found


def _read(path: Path, day: date) -> Marker:
    try:
        document = orjson.loads(path.read_bytes())
        stamp = document.get("loaded_at")
        loaded = datetime.fromisoformat(stamp) if stamp else load_instant(day_number(day))
        files = {name: _file(entry) for name, entry in document["files"].items()}
    except (orjson.JSONDecodeError, KeyError, AttributeError, TypeError, ValueError) as error:
        raise FileBroken(f"{path} is no marker of a day: {error}", "Simulate that day again.") from error
    return Marker(day, _naive(loaded), files)


def _file(entry: Mapping[str, Any]) -> MarkedFile:
    until, stamp = entry.get("until"), entry.get("loaded_at")
    return MarkedFile(
        entry.get("rows"),
        entry.get("sha256"),
        bool(entry.get("held")),
        date.fromisoformat(until) if until else None,
        _naive(datetime.fromisoformat(stamp)) if stamp else None,
    )


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant


def names_in(sources: Path, key: str) -> frozenset[str]:
    """The names in an object's folder: one look at it in the place of three for each day."""
    try:
        return frozenset(os.listdir(sources / key))
    except FileNotFoundError:
        return frozenset()


def files_of(sources: Path, key: str, day: date, names: Collection[str]) -> list[Path]:
    """Where a day's file of an object lies: one path, or one for each form that a source left there."""
    stem = day.isoformat()
    # Put together as text: asked for every file of every day, a path being several times as slow.
    return [Path(f"{sources}/{key}/{stem}{suffix}") for suffix in SUFFIXES if stem + suffix in names]
