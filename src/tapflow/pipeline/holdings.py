"""What a home holds, gathered from its files alone: nothing heavy is opened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tapflow.pipeline.home import Home, folder_bytes
from tapflow.pipeline.runs import read_runs


@dataclass(frozen=True)
class Holdings:
    """A home at a glance. Days are ISO dates; sizes are bytes by part of the home."""

    home: str
    profile: str
    seed: int
    first_day: str
    newest_day: str | None
    days: int
    published: str | None
    sizes: dict[str, int]
    last_run: dict[str, Any] | None
    locked_by: str | None


def holdings(home: Home) -> Holdings:
    """Look at a home. Raises AskedWrongly before its first run."""
    pin = home.require_pin()
    days = home.days()
    runs = read_runs(home.runs)
    parts = ("sources", "truth", "state", "lake", "warehouse")
    return Holdings(
        home=str(home.root), profile=pin.profile, seed=pin.seed, first_day=pin.first_day,
        newest_day=days[-1].isoformat() if days else None, days=len(days), published=_published(home),
        sizes={part: folder_bytes(home.root / part) for part in parts}, last_run=runs[-1] if runs else None,
        locked_by=home.lock_holder(),
    )  # fmt: skip


def _published(home: Home) -> str | None:
    try:
        values = json.loads((home.warehouse / "current.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(values.get("version")) if isinstance(values, dict) and values.get("version") else None
