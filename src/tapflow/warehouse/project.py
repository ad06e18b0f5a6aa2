"""Where the dbt project lies, a digest of it that depends on its files alone, and its generated files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from tapflow.core.errors import SurroundingsFailed

PROJECT_VARIABLE = "TAPFLOW_DBT_PROJECT"
_SUFFIXES = {".sql", ".yml", ".csv"}


def project_dir() -> Path:
    """The dbt project: `warehouse/` of the checkout that this package belongs to, or what TAPFLOW_DBT_PROJECT names."""
    chosen = os.environ.get(PROJECT_VARIABLE)
    found = Path(chosen) if chosen else Path(__file__).resolve().parents[3] / "warehouse"
    if not (found / "dbt_project.yml").is_file():
        raise SurroundingsFailed(
            f"There is no dbt project in {found}.",
            f"Run from a checkout of TapFlow, or set {PROJECT_VARIABLE} to the folder that holds dbt_project.yml.",
        )
    return found


def project_digest(project: Path) -> str:
    """sha256 over the project's SQL, YAML and seed files, by path: the same for the same text."""
    digest = hashlib.sha256()
    for path in sorted(p for p in project.rglob("*") if p.suffix in _SUFFIXES and "target" not in p.parts):
        digest.update(path.relative_to(project).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def sync(folder: Path, files: Mapping[str, str], check: bool = False) -> list[str]:
    """Make `folder` hold exactly `files` (path -> text); answers what differed. With `check`, writes nothing."""
    differing = [path for path, text in files.items() if _read(folder / path) != text]
    stale = [p for p in _present(folder) if p not in files]
    if not check:
        for path in differing:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(files[path], encoding="utf-8")
        for path in stale:
            (folder / path).unlink()
    return sorted([*differing, *stale])


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _present(folder: Path) -> Iterable[str]:
    found = [p for pattern in ("*/stg_*.sql", "*/_sources.yml", "*/_models.yml") for p in folder.glob(pattern)]
    return sorted(p.relative_to(folder).as_posix() for p in found)
