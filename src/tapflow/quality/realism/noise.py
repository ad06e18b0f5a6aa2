"""How many events a row needs before its band means something.

A row's value is a mean over n events, so its sampling noise (one standard error) is
sqrt(clustering * variance / n). `variance` is one event's, at a value of the row; `clustering`
is the design effect: how many events stand together as one, because they share an account, a
day or a spell. The noise is small when `STRICTNESS` of it fit between the band's middle and its
edge, hence

    least events = clustering * variance(middle) * (STRICTNESS / half-width)^2,  at least `FEWEST`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

STRICTNESS = 3.0  # standard errors between middle and edge: a central company fails three times in a thousand
FEWEST = 30  # below this the normal approximation itself does not hold


@dataclass(frozen=True)
class Noise:
    """What one event adds to a row's uncertainty: its variance at a value, and how events cluster."""

    variance: Callable[[float], float]
    clustering: float = 1.0

    def error(self, value: float, events: float) -> float:
        """The standard error of the row at a true value, in the row's own unit."""
        return math.sqrt(self.clustering * self.variance(value) / events)

    def least_events(self, low: float, high: float) -> int:
        """So many events that the noise is small against the band's half-width."""
        middle, half = (low + high) / 2, (high - low) / 2
        return max(FEWEST, math.ceil(self.clustering * self.variance(middle) * (STRICTNESS / half) ** 2))


def share(clustering: float = 1.0) -> Noise:
    """Events that happen or do not: binomial."""
    return Noise(lambda p: max(p * (1 - p), 0.0), clustering)


def rate(clustering: float = 1.0) -> Noise:
    """Happenings for each unit of exposure, which is what counts as events: Poisson."""
    return Noise(lambda r: r, clustering)


def hazard(clustering: float = 1.0) -> Noise:
    """A probability 1 - exp(-rate) told from a Poisson rate over one unit of exposure (delta method)."""
    return Noise(lambda p: (1 - p) ** 2 * -math.log(1 - p), clustering)


def mean(deviation: float, clustering: float = 1.0) -> Noise:
    """A mean of things with this standard deviation, in the row's unit."""
    return Noise(lambda _: deviation**2, clustering)


def ratio(relative: float, clustering: float = 1.0) -> Noise:
    """A quotient of sums whose single events vary by this share of its value."""
    return Noise(lambda v: (relative * v) ** 2, clustering)


def of_median(log_deviation: float, clustering: float = 1.0) -> Noise:
    """The median of log-normal times: pi/2 times the variance of their mean."""
    return Noise(lambda v: math.pi / 2 * (log_deviation * v) ** 2, clustering)


CERTAIN = Noise(lambda _: 0.0)  # a yes or no that leaves nothing to chance once there are events at all
