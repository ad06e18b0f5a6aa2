"""DuckDB: how connections are opened, and its errors turned into this platform's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb

from tapflow.core.errors import AskedWrongly, DiskFull, FileBroken, HomeLocked, SurroundingsFailed, TapflowError

Connection: TypeAlias = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Limits:
    """What the engine may use: memory in MB and threads."""

    memory_mb: int = 2048
    threads: int = 2

    def settings(self) -> dict[str, str]:
        """DuckDB settings that hold every connection to these limits."""
        return {
            "memory_limit": f"{self.memory_mb}MB",
            "threads": str(self.threads),
            "preserve_insertion_order": "false",
        }


def text(value: object) -> str:
    """A text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


@contextmanager
def opened(path: Path | None, limits: Limits, read_only: bool = False) -> Iterator[Connection]:
    """A connection to a DuckDB file (None: memory), closed at the end; raises the platform's own errors."""
    with told(str(path or "memory")):
        connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only)
    try:
        limit(connection, limits)
        with told(str(path or "memory")):
            yield connection
    finally:
        connection.close()


def limit(connection: Connection, limits: Limits) -> None:
    """Hold a connection's database to the limits."""
    for setting, value in limits.settings().items():
        connection.execute(f"set {setting} = {text(value)}")


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn DuckDB's errors about files, locks, disk and memory into errors meant for a person."""
    try:
        yield
    except TapflowError:
        raise
    except duckdb.Error as error:
        raise explained(error, what) from error


def explained(error: duckdb.Error, what: str) -> TapflowError:
    """The platform's error for one of DuckDB's."""
    said = str(error)
    first = said.strip().splitlines()[0]
    if "No space left" in said or "disk quota" in said.lower():
        return DiskFull(f"The disk is full: {what} could not be written.", "Free some room and run the command again.")
    if "Could not set lock" in said or "Conflicting lock" in said:
        return HomeLocked(f"Another process has {what} open.", "Wait until it has ended, or stop it.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return SurroundingsFailed(
            f"The warehouse's engine ran out of memory: {first}", "Give it more with TAPFLOW_MEMORY_MB."
        )
    if isinstance(error, duckdb.InvalidInputException | duckdb.SerializationException) and "arquet" in said:
        return FileBroken(f"A file cannot be read as Parquet: {first}", "Run `tapflow doctor`, or ingest it again.")
    if isinstance(error, duckdb.IOException):
        return SurroundingsFailed(f"{what} could not be read or written: {first}")
    if isinstance(error, duckdb.ProgrammingError):
        return AskedWrongly(said.strip())
    return SurroundingsFailed(f"The warehouse's engine failed on {what}: {first}")
