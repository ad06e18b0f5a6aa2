"""What the scorecard is made of: statistics with a band, arrows of cause with an interval.

Both are poolable: their SQL answers counts or samples, which are summed or joined over several
companies before anything is divided.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist, median
from typing import Any

ASSUMPTION = "assumption"
Overrides = Mapping[str, Any]


@dataclass(frozen=True)
class Statistic:
    """One row of the scorecard.

    `sql` answers either `numerator, denominator` (summed over companies, then divided) or, with
    `of_median`, one `value` a row (joined, then the median). `shape` turns the quotient into the
    figure that the band speaks of. `plant` is a wrong parameter under which the row must fail.
    `least_events` is so many that a true value in the middle of the band seldom falls out of it by
    chance; below it the row is shown and not judged.
    """

    name: str
    title: str
    unit: str
    low: float
    high: float
    source: str
    sql: str
    plant: Overrides
    of_median: bool = False
    least_events: int = 30
    shape: Callable[[float], float] = float


@dataclass(frozen=True)
class Measured:
    """A statistic's value, the number of events behind it, and whether that is enough to judge."""

    statistic: Statistic
    value: float | None
    events: int

    @property
    def judged(self) -> bool:
        """Whether there are events enough for the band to mean something."""
        return self.events >= self.statistic.least_events and self.value is not None

    @property
    def passed(self) -> bool:
        """In band, or with too few events to say."""
        if not self.judged or self.value is None:
            return True
        return self.statistic.low <= self.value <= self.statistic.high


@dataclass(frozen=True)
class Arrow:
    """A cause and its effect.

    `sql` answers `exposed` (bool), `events` and `exposure` (person-days, or trials): the rate
    among the exposed is held against the rate among the rest. `raises` tells the direction.
    """

    name: str
    title: str
    raises: bool
    sql: str
    plant: Overrides


@dataclass(frozen=True)
class Found:
    """A rate ratio with its 95 % interval (log-normal, from the events) and the test's power."""

    arrow: Arrow
    ratio: float | None
    low: float = math.nan
    high: float = math.nan
    power: float = 0.0
    events: tuple[float, float] = (0, 0)

    @property
    def passed(self) -> bool:
        """The interval excludes 1 on the right side."""
        if self.ratio is None:
            return False
        return self.low > 1 if self.arrow.raises else self.high < 1


@dataclass
class Pool:
    """What several companies' answers add up to."""

    sums: dict[str, list[float]] = field(default_factory=dict)
    samples: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, rows: Sequence[Sequence[Any]], of_median: bool) -> None:
        """Add one company's answer to a statistic."""
        if of_median:
            self.samples.setdefault(name, []).extend(float(r[0]) for r in rows if r[0] is not None)
            return
        held = self.sums.setdefault(name, [0.0, 0.0])
        for numerator, denominator in rows:
            held[0] += float(numerator or 0)
            held[1] += float(denominator or 0)

    def add_arrow(self, name: str, rows: Sequence[Sequence[Any]]) -> None:
        """Add one company's answer to an arrow: events and exposure of both groups."""
        held = self.sums.setdefault(name, [0.0] * 4)
        for exposed, events, exposure in rows:
            place = 0 if exposed else 2
            held[place] += float(events or 0)
            held[place + 1] += float(exposure or 0)

    def measure(self, statistic: Statistic) -> Measured:
        """The pooled value of a statistic."""
        if statistic.of_median:
            values = self.samples.get(statistic.name, [])
            return Measured(statistic, statistic.shape(median(values)) if values else None, len(values))
        numerator, denominator = self.sums.get(statistic.name, [0.0, 0.0])
        value = statistic.shape(numerator / denominator) if denominator else None
        return Measured(statistic, value, round(denominator))

    def find(self, arrow: Arrow) -> Found:
        """The pooled rate ratio of an arrow; without events in one group there is none."""
        e1, t1, e0, t0 = self.sums.get(arrow.name, [0.0] * 4)
        if min(e1, e0) <= 0 or min(t1, t0) <= 0:
            return Found(arrow, None, events=(e1, e0))
        log_ratio = math.log((e1 / t1) / (e0 / t0))
        error = math.sqrt(1 / e1 + 1 / e0)
        low, high = (math.exp(log_ratio + z * error) for z in (-1.96, 1.96))
        power = NormalDist().cdf(abs(log_ratio) / error - 1.96)
        return Found(arrow, math.exp(log_ratio), low, high, power, (e1, e0))
