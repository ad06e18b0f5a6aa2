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

from tapflow.quality.realism.noise import FEWEST, STRICTNESS, Noise

ASSUMPTION = "assumption"
Overrides = Mapping[str, Any]


@dataclass(frozen=True)
class Statistic:
    """One row of the scorecard.

    `sql` answers either `numerator, denominator` (summed over companies, then divided) or, with
    `of_median`, one `value` a row (joined, then the median). Where the denominator is no number of
    events (money, say), a third column tells how many there are; money shares tell the effective
    number, Kish's (sum of weights)^2 / sum of squared weights, as two more columns. `shape` turns
    the quotient into the figure that the band speaks of. `plant` is a wrong parameter under which
    the row must fail.
    """

    name: str
    title: str
    unit: str
    low: float
    high: float
    source: str
    sql: str
    plant: Overrides
    noise: Noise
    of_median: bool = False
    shape: Callable[[float], float] = float

    @property
    def least_events(self) -> int:
        """The events from which on the band alone judges: computed from the band and the row's noise."""
        return self.noise.least_events(self.low, self.high) if self.low < self.high else FEWEST


@dataclass(frozen=True)
class Measured:
    """A statistic's value, the number of events behind it, and whether that is enough to judge."""

    statistic: Statistic
    value: float | None
    events: int

    @property
    def judged(self) -> bool:
        """Whether there are events enough for the band alone to judge."""
        return self.events >= self.statistic.least_events and self.value is not None

    @property
    def passed(self) -> bool:
        """In band; with too few events to say, not so far out of it that chance cannot be the reason."""
        if self.value is None or self.events < 1:
            return True
        slack = 0.0 if self.judged else STRICTNESS
        statistic, events = self.statistic, self.events
        low = statistic.low - slack * statistic.noise.error(statistic.low, events)
        high = statistic.high + slack * statistic.noise.error(statistic.high, events)
        return low <= self.value <= high


@dataclass(frozen=True)
class Arrow:
    """A cause and its effect.

    `sql` answers `exposed` (bool), `events` and `exposure` (person-days, or trials): the rate
    among the exposed is held against the rate among the rest. A fourth column names a stratum, of
    what would else be mistaken for the cause: rates are then compared within each. `raises` tells
    the direction.
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

    sums: dict[str, list[float]] = field(default_factory=dict)  # a row's columns, added up
    samples: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, rows: Sequence[Sequence[Any]], of_median: bool) -> None:
        """Add one company's answer to a statistic."""
        if of_median:
            self.samples.setdefault(name, []).extend(float(r[0]) for r in rows if r[0] is not None)
            return
        held = self.sums.setdefault(name, [0.0] * (len(rows[0]) if rows else 2))
        for row in rows:
            for place, value in enumerate(row):
                held[place] += float(value or 0)

    def add_arrow(self, name: str, rows: Sequence[Sequence[Any]]) -> None:
        """Add one company's answer to an arrow: events and exposure of both groups, by stratum."""
        for exposed, events, exposure, *stratum in rows:
            held = self.sums.setdefault(f"{name}/{stratum[0] if stratum else 0}", [0.0] * 4)
            place = 0 if exposed else 2
            held[place] += float(events or 0)
            held[place + 1] += float(exposure or 0)

    def measure(self, statistic: Statistic) -> Measured:
        """The pooled value of a statistic."""
        if statistic.of_median:
            values = self.samples.get(statistic.name, [])
            return Measured(statistic, statistic.shape(median(values)) if values else None, len(values))
        numerator, denominator, *told = self.sums.get(statistic.name, [0.0, 0.0])
        value = statistic.shape(numerator / denominator) if denominator else None
        return Measured(statistic, value, round(_events(denominator, told)))

    def find(self, arrow: Arrow) -> Found:
        """The pooled rate ratio of an arrow (Mantel and Haenszel's over strata); without events there is none."""
        strata = [s for name, s in self.sums.items() if name.split("/")[0] == arrow.name]
        strata = [s for s in strata if s[1] > 0 and s[3] > 0]
        events = (sum(s[0] for s in strata), sum(s[2] for s in strata))
        if min(events) <= 0:
            return Found(arrow, None, events=events)
        exposed = sum(e1 * t0 / (t1 + t0) for e1, t1, _, t0 in strata)
        rest = sum(e0 * t1 / (t1 + t0) for _, t1, e0, t0 in strata)
        log_ratio = math.log(exposed / rest)
        # Robins, Breslow and Greenland's variance; with one stratum 1/events + 1/events of the rest.
        spread = sum((e1 + e0) * t1 * t0 / (t1 + t0) ** 2 for e1, t1, e0, t0 in strata)
        error = math.sqrt(spread / (exposed * rest))
        low, high = (math.exp(log_ratio + z * error) for z in (-1.96, 1.96))
        power = NormalDist().cdf(abs(log_ratio) / error - 1.96)
        return Found(arrow, math.exp(log_ratio), low, high, power, events)


def _events(denominator: float, told: Sequence[float]) -> float:
    """The number of events: told, or effective (weights and their squares), or the denominator itself."""
    if len(told) == 2:
        weights, squares = told
        return weights**2 / squares if squares else 0.0
    return told[0] if told else denominator
