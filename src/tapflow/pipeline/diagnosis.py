"""What a home needs of its machine, checked one by one, each with the step that mends it."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from tapflow.core import units
from tapflow.core.errors import TapflowError
from tapflow.core.settings import Settings
from tapflow.pipeline.home import Home

# Of the whole history: disk at its peak, and memory, in bytes (measured; benchmarks/README.md).
NEEDED_DISK = {"tiny": 300_000_000, "demo": 3_000_000_000, "full": 12_000_000_000}
NEEDED_MEMORY = {"tiny": 2_000_000_000, "demo": 3_500_000_000, "full": 9_500_000_000}
_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "numba", "numpy", "pyarrow", "pyiceberg")


@dataclass(frozen=True)
class Check:
    """The outcome of one check; `next_step` is empty when it is good."""

    name: str
    good: bool
    detail: str
    next_step: str = ""


def examine(home: Home, settings: Settings) -> Iterator[Check]:
    """Run every check; a check that breaks is itself a finding."""
    for name, check in _CHECKS.items():
        try:
            yield check(home, settings)
        except TapflowError as error:
            yield Check(name, False, error.message, error.next_step)
        except (OSError, sqlite3.Error) as error:
            yield Check(name, False, str(error), "Mend that, and run tapflow doctor again.")


def _python(_: Home, __: Settings) -> Check:
    good = (3, 11) <= sys.version_info[:2] < (3, 14)
    return Check("python", good, platform.python_version(), "" if good else "Use Python 3.11, 3.12 or 3.13.")


def _packages(_: Home, __: Settings) -> Check:
    missing, found = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("packages", False, f"missing: {', '.join(missing)}", "Run make up again, or pip install them.")
    return Check("packages", True, ", ".join(found))


def _writable(home: Home, _: Settings) -> Check:
    folder = home.nearest_folder()
    good = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
    return Check("home", good, str(home.root), "" if good else f"Give yourself the right to write in {folder}.")


def _record(home: Home, _: Settings) -> Check:
    pin = home.pin()
    if pin is None:
        return Check("company", True, "none yet; tapflow up makes it")
    return Check("company", True, f"{pin.profile}, seed {pin.seed}, from {pin.first_day}")


def _lock(home: Home, _: Settings) -> Check:
    holder = home.lock_holder()
    return Check("lock", holder is None, holder or "free", "Wait until it is done." if holder else "")


def _profile(home: Home) -> str:
    pin = home.pin()
    return pin.profile if pin else "demo"


def _disk(home: Home, _: Settings) -> Check:
    profile = _profile(home)
    free, needed = home.free_bytes(), 0 if home.last_day() else NEEDED_DISK.get(profile, 0)
    good = free >= max(needed, 500_000_000)
    return Check(
        "disk", good, f"{units.size(free)} free; {profile} needs {units.size(NEEDED_DISK.get(profile, 0))} in all",
        "" if good else "Make room, or choose another place with --home, or a smaller --profile.",
    )  # fmt: skip


def _memory(home: Home, _: Settings) -> Check:
    profile, free = _profile(home), available_memory()
    if free is None:
        return Check("memory", True, "not known on this system")
    good = free >= NEEDED_MEMORY.get(profile, 0)
    return Check(
        "memory", good, f"{units.size(free)} free; {profile} needs {units.size(NEEDED_MEMORY.get(profile, 0))}",
        "" if good else "Close other programs, or use a smaller --profile.",
    )  # fmt: skip


def available_memory() -> int | None:
    """Memory that a program may still take, in bytes; None where the system does not tell."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None


def _catalog(home: Home, settings: Settings) -> Check:
    if settings.catalog:
        shown = settings.catalog.rsplit("@", 1)[-1]  # without the password
        return _remote_catalog(settings.catalog, shown)
    file = home.lake / "catalog.db"
    if not file.exists():
        return Check("catalog", True, "SQLite in the home; made at the first load")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        tables = connection.execute("select count(*) from iceberg_tables").fetchone()[0]
    return Check("catalog", True, f"SQLite, {tables} tables")


def _remote_catalog(url: str, shown: str) -> Check:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with create_engine(url).connect():
            return Check("catalog", True, shown)
    except SQLAlchemyError as error:
        first = str(error).splitlines()[0]
        return Check("catalog", False, f"{shown}: {first}", "Start the database, or correct TAPFLOW_CATALOG.")


_CHECKS: dict[str, Callable[[Home, Settings], Check]] = {
    "python": _python,
    "packages": _packages,
    "home": _writable,
    "company": _record,
    "lock": _lock,
    "disk": _disk,
    "memory": _memory,
    "catalog": _catalog,
}
