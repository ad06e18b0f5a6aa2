"""The terminal's manners: a bar for each step where someone watches, plain lines where not.

Progress and remarks go to stderr, answers to stdout. Colour carries meaning only, and none
is written when the output is piped or NO_COLOR is set.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from tapflow.core import units
from tapflow.core.clock import stopwatch

GOOD, WARNING, BAD, ACCENT, FAINT = "green", "yellow", "red", "#C77D0A", "dim"


class Meter:
    """How far a step is. One that is taken up again, slice after slice, counts on."""

    def __init__(self, label: str, total: float | None, unit: str) -> None:
        self.label, self.total, self.unit = label, total, unit
        self.done = self.seconds = self._base = 0.0
        self.text = ""
        self._since: float | None = None

    def advance(self, done: float = 1) -> None:
        """So many more units are done."""
        self.done += done

    def at(self, done: float, total: float) -> None:
        """The present part of the step has done so many of its units."""
        self.done, self.total = self._base + done, self._base + total

    def part(self) -> None:
        """Another part of the step begins: `at` counts from here."""
        self._base = self.done

    def remark(self, text: str) -> None:
        """What it is at, in a few words; the last one stays beside it."""
        self.text = text

    @property
    def elapsed(self) -> float:
        """Seconds in which it was worked on."""
        return self.seconds + (stopwatch() - self._since if self._since is not None else 0.0)

    @property
    def left(self) -> float | None:
        """Seconds that it will still take by its rate, when it has one."""
        if not self.total or not self.done or self.done >= self.total:
            return None
        return self.elapsed * (self.total - self.done) / self.done

    def start(self) -> None:
        """Its clock runs from here."""
        self._since = stopwatch()
        self.part()

    def stop(self) -> None:
        """Its clock stands from here."""
        self.seconds, self._since = self.elapsed, None


class _Shown(ProgressColumn):
    """A step's time, rate and time left."""

    max_refresh = 0.2

    def render(self, task: Task) -> Text:
        meter: Meter = task.fields["meter"]
        words = [f"{units.duration(meter.elapsed):>12}"]
        if meter.unit and meter.done and meter.elapsed > 1:
            words.append(f"{units.short(meter.done / meter.elapsed)} {meter.unit}/s")
        if meter.left is not None and meter.elapsed > 1:
            words.append(f"{units.duration(meter.left)} left")
        return Text("  ".join(words))


class Board:
    """The steps of a command: a bar each where someone watches, else a line each when it ends."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._meters: dict[str, Meter] = {}
        self._tasks: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description:<9}"),
            BarColumn(28, style=FAINT, complete_style=ACCENT, finished_style=GOOD),
            _Shown(),
            TextColumn("{task.fields[meter].text}", style=FAINT, markup=False),
            console=screen.err,
            refresh_per_second=5,
            get_time=stopwatch,
        )

    def __enter__(self) -> Self:
        if self._screen.watched:
            self._progress.start()
            self._ticker = _Ticker(self._refresh)
            self._ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._screen.watched:
            self._ticker.stop()
            self._refresh()
            self._progress.stop()

    @contextmanager
    def step(self, label: str, total: float | None = None, unit: str = "") -> Iterator[Meter]:
        """Work on a step; with the label of an earlier one that goes on."""
        meter = self._meters.setdefault(label, Meter(label, total, unit))
        if label not in self._tasks:
            self._tasks[label] = self._progress.add_task(label, total=total, meter=meter)
        before = meter.elapsed
        meter.start()
        try:
            yield meter
        finally:
            meter.stop()
        if not self._screen.watched:
            told = f"{meter.text}, " if meter.text else ""
            self._screen.say(f"{label}: {told}{units.duration(meter.elapsed - before)}")

    def _refresh(self) -> None:
        for label, task in self._tasks.items():
            meter = self._meters[label]
            over = meter.total is None and meter.seconds > 0
            total = max(meter.done, 1) if over else meter.total
            self._progress.update(task, total=total, completed=total if over else meter.done)


class _Ticker(Thread):
    """Calls a function a few times a second, beside a step that is busy."""

    def __init__(self, tick: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._tick, self._over = tick, Event()

    def run(self) -> None:
        while not self._over.wait(0.2):
            self._tick()

    def stop(self) -> None:
        self._over.set()
        self.join()


class Screen:
    """Where a command speaks. `plain` forbids bars whatever the terminal."""

    def __init__(self, plain: bool = False, out: Console | None = None, err: Console | None = None) -> None:
        self.out = out or _console(sys.stdout)
        self.err = err or _console(sys.stderr)
        self.watched = self.err.is_terminal and not plain

    def board(self) -> Board:
        """The place where a command shows its steps."""
        return Board(self)

    @contextmanager
    def step(self, label: str, total: float | None = None, unit: str = "") -> Iterator[Meter]:
        """A command's only step."""
        with self.board() as board, board.step(label, total, unit) as meter:
            yield meter

    def say(self, text: str, style: str = "") -> None:
        """A remark on stderr."""
        self.err.print(text, style=style or None, markup=False)

    def line(self, text: str = "", style: str = "") -> None:
        """A line of the answer on stdout."""
        self.out.print(text, style=style or None, markup=False)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], numeric: Iterable[str] = ()) -> None:
        """An aligned table of the answer; columns named in `numeric` stand right."""
        right = set(numeric)
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
        for place, name in enumerate(columns):
            table.add_column(
                name, justify="right" if name in right else "left", overflow="fold", no_wrap=not place or name in right
            )
        for row in rows:
            table.add_row(*map(_cell, row))
        self.out.print(table)


def _console(stream: TextIO) -> Console:
    # What is piped has no width: a line stays a line, however long.
    return Console(file=stream, highlight=False, width=None if stream.isatty() else 100_000)


def _cell(value: object) -> Text:
    return value if isinstance(value, Text) else Text("" if value is None else str(value))


def verdict(good: bool, word: str = "") -> Text:
    """A check's outcome: a sign and a word, coloured by what it means."""
    return Text(f"✓ {word or 'good'}" if good else f"✗ {word or 'wrong'}", style=GOOD if good else BAD)
