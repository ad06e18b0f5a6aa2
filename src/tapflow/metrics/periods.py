"""Periods of a question, and the windows over which parts of a metric are taken."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tapflow.core.errors import AskedWrongly, DateOutOfRange

GRAINS = ("day", "week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """Days, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Period:
    """A period of the answer: its label (its first day), and the days of it that are there."""

    label: date
    window: Window


def months_later(day: date, months: int) -> date:
    """The same day some months later; a month's last day stays one."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_end = (day + _DAY).day == 1
    return date(year, month + 1, last if is_end else min(day.day, last))


def floor(day: date, grain: str) -> date:
    """The first day of the period in which a day lies; weeks begin on Monday."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    size = _MONTHS[grain]
    return date(day.year, (day.month - 1) // size * size + 1, 1)


def following(day: date, grain: str, count: int = 1) -> date:
    """The first day of the period `count` periods after the one that begins on a day."""
    if grain in ("day", "week"):
        return day + timedelta(days=count * (7 if grain == "week" else 1))
    number = day.year * 12 + day.month - 1 + count * _MONTHS[grain]
    return date(number // 12, number % 12 + 1, 1)


_LAST = re.compile(r"(\d+)\s*(d|w|m|q|y)")
_UNITS = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}


def ranged(last: str | None, begin: date | None, end: date | None, known: Window) -> Window:
    """The days asked: `12m` is the running month and the 11 before it; else from begin to end, else all."""
    if last is not None:
        found = _LAST.fullmatch(last.strip().lower())
        if not found or not int(found[1]):
            raise AskedWrongly(f"{last!r} is no range.", "Say a number and d, w, m, q or y, such as 12m or 90d.")
        unit = _UNITS[found[2]]
        asked = Window(following(floor(known.last, unit), unit, 1 - int(found[1])), known.last)
    else:
        asked = Window(begin or known.first, end or known.last)
    if asked.first > asked.last:
        raise AskedWrongly(f"The range ends ({asked.last}) before it begins ({asked.first}).", "Exchange the two days.")
    if asked.last < known.first or asked.first > known.last:
        raise DateOutOfRange(
            f"There is no data from {asked.first} to {asked.last}.", f"Ask between {known.first} and {known.last}."
        )
    return Window(max(asked.first, known.first), min(asked.last, known.last))


def periods(asked: Window, grain: str | None) -> list[Period]:
    """The periods of a range; without a grain, one."""
    if grain is None:
        return [Period(asked.first, asked)]
    found, label = [], floor(asked.first, grain)
    while label <= asked.last:
        following_label = following(label, grain)
        found.append(Period(label, Window(max(label, asked.first), min(following_label - _DAY, asked.last))))
        label = following_label
    return found


_TRAILING = re.compile(r"trailing (\d+) (day|month)s?")
_SHIFT = re.compile(r"shift (\d+) (day|month)s?")


def moved(window: Window, specs: Sequence[str]) -> Window:
    """A window taken through specifications, outermost first: period, start, trailing N …, shift N …"""
    for spec in specs:
        if spec == "start":
            window = Window(window.first - _DAY, window.first - _DAY)
            continue
        if found := _SHIFT.search(spec):
            count = int(found[1])
            if found[2] == "day":
                window = Window(window.first - count * _DAY, window.last - count * _DAY)
            else:
                first = months_later(window.first - _DAY, -count) + _DAY
                window = Window(first, months_later(window.last, -count))
        if found := _TRAILING.search(spec):
            count = int(found[1])
            first = window.last - count * _DAY if found[2] == "day" else months_later(window.last, -count)
            window = Window(first + _DAY, window.last)
    return window
