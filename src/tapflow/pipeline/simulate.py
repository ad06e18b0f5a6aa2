"""Simulating days into a home: the company steps, its systems' logs and its ledger are written.

The company steps here; with two `workers` or more, a long run's files are encoded and written by
a process beside it. A file's bytes depend on the day alone, so who writes it changes nothing. A
day counts once its marker is there, written after all its files; a killed run steps again from
the newest checkpoint and writes the same bytes.
"""

from __future__ import annotations

import json
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from tapflow.business import ledger
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.core.clock import DayNumber, day_date, day_number, load_instant
from tapflow.core.errors import DateOutOfRange, FileBroken
from tapflow.pipeline.home import Home, Pin, write_atomically
from tapflow.sources.day_logs import day_logs
from tapflow.sources.logs import Written, table_of
from tapflow.sources.memory import freed_memory_kept
from tapflow.sources.writing import LogWriter, ProcessWriter, ThreadWriter

CHECKPOINT_DAYS = 30  # between two checkpoints of a long run; a redone day starts from one
_KEPT_DAYS = 90  # for which they stay; of older ones every sixth does
_OLD_CHECKPOINT_DAYS = 6 * CHECKPOINT_DAYS
_IN_FLIGHT = 3  # days being written while the next ones step
_PROCESS_FROM_DAYS = 10  # to write: for fewer, beginning a process costs more than it saves
OnDay = Callable[[date, int], None]
_Parts = Sequence[tuple[str, pa.Table]]


@dataclass(frozen=True)
class Simulated:
    """What a simulation wrote: days, and rows of source logs."""

    days: int
    rows: int


def simulate(home: Home, until: date, workers: int = 2, on_day: OnDay | None = None) -> Simulated:
    """Simulate every day from the first one not yet done to `until`, inclusive.

    `on_day` is called with each finished day and its number of source rows. Raises
    DateOutOfRange for an end before the first day.
    """
    pin = home.require_pin()
    if until < pin.first_date:
        raise DateOutOfRange(f"{until} lies before the first simulated day, {pin.first_date}.", "Give a later --until.")
    done = home.last_day()
    if done is not None and done >= until:
        return Simulated(0, 0)
    company = _resume(home, pin, done)
    first_new = day_number(done or pin.first_date - timedelta(days=1)) + 1
    return _run(home, company, day_number(until), workers, on_day, first_new)


def redo(home: Home, day: date, workers: int = 2) -> Simulated:
    """Write a simulated day's files again, the same bytes, from the checkpoint before it."""
    pin, done = home.require_pin(), home.last_day()
    if done is None or not pin.first_date <= day <= done:
        raise DateOutOfRange(f"{day} is not a simulated day.", f"Days run from {pin.first_date} to {done}.")
    company = _restore(home, pin, day_number(day) - 1)
    while company.last_day < day_number(day) - 1:
        step(company)
    return _run(home, company, day_number(day), workers, None, first_new=None, keep_state=False)


def digests(home: Home) -> Iterator[tuple[str, str, int, str]]:
    """(day, table, rows, SHA-256) of every source and truth file, in order."""
    for path in sorted(home.day_markers.glob("????-??-??.json")):
        marker = json.loads(path.read_text(encoding="utf-8"))
        for section in ("files", "truth"):
            for name, file in sorted(marker[section].items()):
                yield marker["day"], f"{section.removesuffix('s')}:{name}", file["rows"], file["sha256"]


def _run(
    home: Home,
    company: Company,
    until: DayNumber,
    workers: int,
    on_day: OnDay | None,
    first_new: DayNumber | None,
    keep_state: bool = True,
) -> Simulated:
    days = rows = 0
    # Days end one after another in a thread of their own: a marker waits for the disk, which the company need not.
    with (
        freed_memory_kept(),
        _writer(workers, until - company.last_day) as writer,
        _one_thread("tapflow-day") as ending,
    ):
        pending: deque[tuple[DayNumber, Future[int]]] = deque()
        while company.last_day < until:
            day = step(company)
            wanted = keep_state and (company.last_day == until or company.last_day % CHECKPOINT_DAYS == 0)
            writing = _Writing(home, company, day, writer, _frozen(company) if wanted else None)
            before = pending[-1][1] if pending else None
            pending.append((day.number, ending.submit(writing.finish, before)))
            while pending and (len(pending) > _IN_FLIGHT or company.last_day >= until):
                number, ended = pending.popleft()
                count = ended.result()
                days, rows = days + 1, rows + count
                if on_day is not None and (first_new is None or number >= first_new):
                    on_day(day_date(number), count)
    return Simulated(days, rows)


@contextmanager
def _writer(workers: int, days: int) -> Iterator[LogWriter]:
    writer = ProcessWriter() if workers > 1 and days >= _PROCESS_FROM_DAYS else ThreadWriter()
    try:
        yield writer
    finally:
        writer.close()


@contextmanager
def _one_thread(name: str) -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Writing:
    """One day on its way to disk: its files first, then its marker, then the checkpoint after it."""

    def __init__(self, home: Home, company: Company, day: Day, writer: LogWriter, state: bytes | None) -> None:
        self.home, self.number, self.state, self.writer = home, day.number, state, writer
        self.held = {
            i.target: day.number + int(i.effect)
            for i in company.scenario.incidents.on(day.number - company.first_day, "missing_day")
        }
        self.released = [
            (day.number - int(i.effect), i.target)
            for i in company.scenario.incidents.scheduled
            if i.kind == "missing_day" and company.first_day + i.first_day + int(i.effect) == day.number
        ]
        # Tables are made here, while the state is this day's; only their encoding is left to the writer.
        logs, truth, file = _logs(company, day), _ledger(day), f"{day_date(day.number)}.parquet"
        self.logs, self.truth = [name for name, _ in logs], [name for name, _ in truth]
        writer.put(
            [(home.sources / name / file, table) for name, table in logs]
            + [(home.truth / name / file, table) for name, table in truth]
        )

    def finish(self, before: Future[int] | None) -> int:
        """Wait for the files, then make the day count. Answers the number of source rows.

        Raises what the day `before` raised: no day counts after one that does not.
        """
        if before is not None:
            before.result()
        written = [_entry(file) for file in self.writer.take()]
        files = dict(zip(self.logs, written, strict=False))
        truth = dict(zip(self.truth, written[len(self.logs) :], strict=True))
        for name, entry in files.items():
            if name.split("/")[0] in self.held:
                entry["held"] = True
        marker = {"day": day_date(self.number).isoformat(), "loaded_at": None, "files": files, "truth": truth}
        _write_marker(self.home, self.number, marker)
        for held_day, system in self.released:
            _release(self.home, held_day, system, self.number)
        if self.state is not None:
            _write_state(self.home, self.number, self.state)
        return sum(int(str(entry["rows"])) for entry in files.values())


def _entry(written: Written) -> dict[str, object]:
    return {"rows": written.rows, "bytes": written.bytes, "sha256": written.sha256}


def _logs(company: Company, day: Day) -> _Parts:
    return [(name, table) for name, _, table in day_logs(company, day)]


def _ledger(day: Day) -> _Parts:
    rows = day.ledger()
    return [(name, table_of(ledger.BY_NAME[name], rows[name])) for name in sorted(rows)]


def _write_marker(home: Home, number: DayNumber, marker: Mapping[str, object]) -> None:
    home.day_markers.mkdir(parents=True, exist_ok=True)
    path = home.day_markers / f"{day_date(number).isoformat()}.json"
    write_atomically(path, json.dumps(marker, indent=1, sort_keys=True) + "\n")


def _release(home: Home, held_day: DayNumber, system: str, on: DayNumber) -> None:
    # What a source withheld on its missing day appears: loaded with the day on which it came.
    path = home.day_markers / f"{day_date(held_day).isoformat()}.json"
    if not path.exists():
        return
    marker = json.loads(path.read_text(encoding="utf-8"))
    for name, entry in marker["files"].items():
        if name.split("/")[0] == system:
            entry.pop("held", None)
            entry["loaded_at"] = load_instant(on).isoformat()
    _write_marker(home, held_day, marker)


def _frozen(company: Company) -> bytes:
    state = {k: v for k, v in vars(company).items() if k != "scenario"}
    plain = pickle.dumps(state, protocol=5)
    packed: bytes = pa.compress(plain, codec="zstd", asbytes=True)
    return len(plain).to_bytes(8, "little") + packed


def _write_state(home: Home, number: DayNumber, content: bytes) -> None:
    home.state.mkdir(parents=True, exist_ok=True)
    path = home.state / f"{day_date(number).isoformat()}.state"
    scratch = path.with_suffix(".part")
    scratch.write_bytes(content)
    scratch.replace(path)
    for old in needless_states([day_number(date.fromisoformat(p.stem)) for p in _states(home)]):
        (home.state / f"{day_date(old).isoformat()}.state").unlink()


def needless_states(days: Sequence[DayNumber]) -> list[DayNumber]:
    """Of checkpoints' days, oldest first, those that may go.

    The newest two stay, those of every thirtieth day for ninety days, and of older ones every sixth.
    """
    older = days[:-2]
    return [day for day in older if day % (CHECKPOINT_DAYS if day > days[-1] - _KEPT_DAYS else _OLD_CHECKPOINT_DAYS)]


def _states(home: Home) -> list[Path]:
    return sorted(home.state.glob("????-??-??.state"))


def company_at(home: Home, day: DayNumber) -> Company:
    """The company at the end of a day: the checkpoint before it, stepped on. For looking, never for writing."""
    company = _restore(home, home.require_pin(), day)
    while company.last_day < day:
        step(company)
    return company


def _resume(home: Home, pin: Pin, done: date | None) -> Company:
    return _restore(home, pin, day_number(done) if done else day_number(pin.first_date) - 1)


def _restore(home: Home, pin: Pin, at_most: DayNumber) -> Company:
    """The company at the newest checkpoint not after `at_most`, or before its first day."""
    scenario = load_scenario(pin.profile, pin.overrides)
    company = Company(scenario, pin.seed, day_number(pin.first_date))
    for path in reversed(_states(home)):
        if day_number(date.fromisoformat(path.stem)) <= at_most:
            vars(company).update(_thawed(path))
            break
    return company


def _thawed(path: Path) -> dict[str, object]:
    content = path.read_bytes()
    try:
        size = int.from_bytes(content[:8], "little")
        plain = pa.decompress(content[8:], size, codec="zstd", asbytes=True)
        # A checkpoint is this home's own file, never somebody else's.
        state: dict[str, object] = pickle.loads(plain)
    except Exception as error:
        raise FileBroken(
            f"{path} is not a readable checkpoint.", "Delete it: the days after the one before are made again."
        ) from error
    return state
