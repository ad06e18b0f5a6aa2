"""Run records: what ran when in real time, how long each step took, and how it ended."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tapflow.core.clock import real_now, stopwatch
from tapflow.core.errors import CheckFailed


@dataclass
class StepRecord:
    """A step of a run."""

    name: str
    seconds: float = 0.0
    rows: int = 0
    note: str = ""


@dataclass
class RunRecord:
    """A run: `outcome` is running, good, failed (a check), stopped (by a person) or broken."""

    command: str
    began_at: str
    seconds: float = 0.0
    outcome: str = "running"
    error: str = ""
    steps: list[StepRecord] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[StepRecord]:
        """Time a step; one that fails is recorded too, and one of an earlier name goes on."""
        record = next((s for s in self.steps if s.name == name), None)
        if record is None:
            record = StepRecord(name)
            self.steps.append(record)
        began = stopwatch()
        try:
            yield record
        finally:
            record.seconds = round(record.seconds + stopwatch() - began, 3)


@contextmanager
def recorded(runs: Path, command: str) -> Iterator[RunRecord]:
    """Append a line about the block to `runs`, however it ends."""
    record = RunRecord(command, real_now().isoformat(timespec="seconds"))
    began = stopwatch()
    try:
        yield record
        if record.outcome == "running":
            record.outcome = "good"
    except KeyboardInterrupt:
        record.outcome = "stopped"
        raise
    except CheckFailed as error:
        record.outcome, record.error = "failed", str(error)[:500]
        raise
    except BaseException as error:
        record.outcome, record.error = "broken", str(error)[:500]
        raise
    finally:
        record.seconds = round(stopwatch() - began, 3)
        _append(runs, record)


def _append(runs: Path, record: RunRecord) -> None:
    line = json.dumps(asdict(record), ensure_ascii=False) + "\n"
    runs.parent.mkdir(parents=True, exist_ok=True)
    try:
        # One write to a file opened for appending is whole even beside other writers.
        handle = os.open(runs, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)
    except OSError:
        # A full disk must not hide the error that the run ended with.
        return


def read_runs(runs: Path) -> list[dict[str, object]]:
    """The records, oldest first; a torn last line is passed over."""
    found: list[dict[str, object]] = []
    if not runs.exists():
        return found
    for line in runs.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
