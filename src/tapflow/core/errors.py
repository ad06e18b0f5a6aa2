"""The one tree of errors.

TapflowError
├── CheckFailed            exit 1: the platform ran and found something wrong
├── AskedWrongly           exit 2: the request cannot be understood or granted
│   ├── ScenarioInvalid    a scenario file breaks a rule
│   ├── UnknownName        a name that nothing carries; offers the nearest
│   ├── ValueFailed        a query failed on a value; the message may quote it
│   ├── LimitReached       a query took too long, or its answer is too large
│   └── DateOutOfRange     a day before the first one, or not yet simulated
└── SurroundingsFailed     exit 3: disk, lock, network, another process
    ├── HomeLocked         another process works in this home
    ├── DiskFull           no room to write
    └── FileBroken         a file cannot be read as what it should be
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TapflowError(Exception):
    """An error meant for a person: what was wrong and where, and what to do next.

    `next_step` is a sentence in the imperative; `exit_code` is the command's.
    """

    exit_code = 3

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class CheckFailed(TapflowError):
    """A check ran to its end and did not pass."""

    exit_code = 1


class AskedWrongly(TapflowError):
    """What was asked cannot be understood or granted."""

    exit_code = 2


class ScenarioInvalid(AskedWrongly):
    """A scenario file breaks a rule; the message names the key."""


class DateOutOfRange(AskedWrongly):
    """A date lies before the first simulated day, or after the last one."""


class UnknownName(AskedWrongly):
    """A name that nothing carries. Offers the nearest known names."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        choices = sorted(known)
        near = difflib.get_close_matches(name, choices, n=3, cutoff=0.5)
        step = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(choices[:12])}."
        super().__init__(f"There is no {kind} named {name!r}.", step)
        self.kind, self.name, self.near = kind, name, near


class ValueFailed(AskedWrongly):
    """A query failed while it ran, on a value that the message may quote: a cast, an overflow."""


class LimitReached(AskedWrongly):
    """A query took longer, or answered more, than it may."""


class SurroundingsFailed(TapflowError):
    """The machine, not the request, is the cause."""

    exit_code = 3


class HomeLocked(SurroundingsFailed):
    """Another process works in this home."""


class DiskFull(SurroundingsFailed):
    """No room is left where a file was to be written."""


class FileBroken(SurroundingsFailed):
    """A file is corrupt, half written or not of its kind."""
