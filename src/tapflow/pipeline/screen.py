"""The terminal's manners: a bar for each step where someone watches, plain lines where not.

Progress and remarks go to stderr, answers to stdout. Colour carries meaning only, and none
is written when the output is piped or NO_COLOR is set.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tapflow.core import units
from tapflow.core.clock import stopwatch

GOOD, WARNING, BAD, ACCENT, FAINT = "green", "yellow", "red", "#C77D0A", "dim"


class Advance(Protocol):
    """What a step reports to while it works."""

    def advance(self, done: float = 1) -> None:
        """So many more units are done."""

    def expect(self, total: float) -> None:
        """The step turned out to have so many units."""

    def remark(self, text: str) -> None:
        """What it is at, in a few words."""


class _Rate(ProgressColumn):
    """Units a second, and the time left by that rate."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        rate = f"{units.short(speed)} {task.fields['unit']}/s" if task.fields["unit"] else ""
        left = task.time_remaining
        if not task.finished and left is not None and task.total:
            rate += f"  {units.duration(left)} left"
        return Text(rate, style=FAINT)


class _Bar:
    """A step on a bar."""

    def __init__(self, progress: Progress, label: str, total: float | None, unit: str) -> None:
        self._progress = progress
        self._task = progress.add_task(label, total=total, unit=unit, remark="")

    def advance(self, done: float = 1) -> None:
        self._progress.advance(self._task, done)

    def expect(self, total: float) -> None:
        self._progress.update(self._task, total=total)

    def remark(self, text: str) -> None:
        self._progress.update(self._task, remark=text)

    def finish(self, text: str) -> None:
        task = self._progress.tasks[0]
        whole = task.total if task.total is not None else max(task.completed, 1)
        self._progress.update(self._task, total=whole, completed=whole, remark=text)


class _Plain:
    """A step that nobody watches: one line when it is done."""

    def __init__(self) -> None:
        self.done = 0.0
        self.last = ""

    def advance(self, done: float = 1) -> None:
        self.done += done

    def expect(self, total: float) -> None:
        """Nothing is drawn, so nothing needs a total."""

    def remark(self, text: str) -> None:
        self.last = text


class Screen:
    """Where a command speaks. `plain` forbids bars whatever the terminal."""

    def __init__(self, plain: bool = False, out: Console | None = None, err: Console | None = None) -> None:
        self.out = out or Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())
        self.err = err or Console(file=sys.stderr, highlight=False, soft_wrap=not sys.stderr.isatty())
        self.watched = self.err.is_terminal and not plain

    @contextmanager
    def step(self, label: str, total: float | None = None, unit: str = "") -> Iterator[Advance]:
        """Show a step while its block runs; its last remark stands beside it at the end."""
        began = stopwatch()
        if not self.watched:
            plain = _Plain()
            yield plain
            rate = f"{units.count(plain.done)} {unit}, " if plain.done and unit else ""
            note = f"{plain.last}, " if plain.last else rate
            self.err.print(f"{label}: {note}{units.duration(stopwatch() - began)}", markup=False)
            return
        with Progress(
            TextColumn("{task.description:<9}"), BarColumn(28, style=FAINT, complete_style=ACCENT, finished_style=GOOD),
            TimeElapsedColumn(), _Rate(), TextColumn("{task.fields[remark]}", style=FAINT, markup=False),
            console=self.err, refresh_per_second=8,
        ) as progress:  # fmt: skip
            bar = _Bar(progress, label, total, unit)
            latest = _Latest(bar)
            yield latest
            bar.finish(latest.last)

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
        for name in columns:
            table.add_column(name, justify="right" if name in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*map(_cell, row))
        self.out.print(table)


def _cell(value: object) -> Text:
    return value if isinstance(value, Text) else Text("" if value is None else str(value))


class _Latest:
    """Passes on to a bar, remembering the last remark."""

    def __init__(self, bar: _Bar) -> None:
        self._bar = bar
        self.last = ""

    def advance(self, done: float = 1) -> None:
        self._bar.advance(done)

    def expect(self, total: float) -> None:
        self._bar.expect(total)

    def remark(self, text: str) -> None:
        self.last = text
        self._bar.remark(text)


def verdict(good: bool, word: str = "") -> Text:
    """A check's outcome: a sign and a word, coloured by what it means."""
    return Text(f"✓ {word or 'good'}" if good else f"✗ {word or 'wrong'}", style=GOOD if good else BAD)
