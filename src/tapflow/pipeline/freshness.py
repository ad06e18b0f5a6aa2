"""Whether the current version is already what a build would make: then a second run builds nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tapflow.lake import Lake
from tapflow.pipeline.home import Home, write_atomically
from tapflow.warehouse.project import project_digest, project_dir
from tapflow.warehouse.raw import Clock
from tapflow.warehouse.version import Version, Versions


def inputs(lake: Lake, clock: Clock) -> str:
    """A digest of all that a build reads: the raw tables' snapshots, the dbt project, the days."""
    told = json.dumps(
        [lake.heads("raw"), project_digest(project_dir()), clock.first_day.isoformat(), clock.last_day.isoformat()]
    )
    return hashlib.sha256(told.encode()).hexdigest()


def note(home: Home, version: Version, made_of: str) -> None:
    """Remember what a version was made of."""
    write_atomically(_record(home), json.dumps({"version": version.id, "inputs": made_of}) + "\n")


def already_built(home: Home, made_of: str) -> Version | None:
    """The current version, when it was made of exactly this."""
    try:
        noted = json.loads(_record(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    versions = Versions(home.warehouse)
    current = versions.current_id()
    if current is None or not isinstance(noted, dict) or noted != {"version": current, "inputs": made_of}:
        return None
    return versions.read(current)


def _record(home: Home) -> Path:
    return home.warehouse / "built.json"
