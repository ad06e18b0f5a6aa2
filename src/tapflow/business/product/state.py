"""What the product remembers of people, accounts and features."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tapflow.business.columns import Table
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Columns

FAR_PAST = -(10**6)  # a day number before anything


class Step(IntEnum):
    """Bits of the activation set."""

    DEVICE = 1
    DASHBOARD = 2
    REPORT = 4


WHOLE_SET = Step.DEVICE | Step.DASHBOARD | Step.REPORT


def grown(grid: NDArray[np.int32], rows: int, columns: int, fill: int) -> NDArray[np.int32]:
    """A grid with at least that many rows, doubling its space; new cells hold `fill`."""
    if grid.shape[0] >= rows and grid.shape[1] == columns:
        return grid
    fresh = np.full((max(rows, 2 * grid.shape[0]), columns), fill, dtype=np.int32)
    fresh[: grid.shape[0], : grid.shape[1]] = grid
    return fresh


class Product:
    """The product's memory. Rows of `people` and `houses` are those of users and accounts."""

    def __init__(self) -> None:
        self.people = Table(
            adopted="i8",  # bit a feature: taken up
            exposed="i8",  # bit an experiment: has seen its variant
            reached="i1",  # bits of the activation set
            setting_up="?",  # joined in the simulated time: the activation set counts
            activated_day="i4",
            last_day="i4",  # last active day
            quit_day="i4",  # stops using it, NEVER for those who stay
            surveyed_day="i4",
            blocked="?",  # an ad blocker swallows what they do
            frustration="f8",  # recent errors, fading
        )
        self.houses = Table(
            interest="f8",  # of the logarithm, mean 0
            activated="?",  # a trial was activated
            plan="i1",  # at the end of the day before
        )
        # improved_day: of the newest improvement; adopters: share of living people; `engineering` launches and improves
        self.features = Table(launched_day="i4", improved_day="i4", adopters="f8")
        self.last_used: NDArray[np.int32] = np.zeros((0, 0), dtype=np.int32)  # person x feature: day
        self.goal_due: NDArray[np.int32] = np.zeros((0, 0), dtype=np.int32)  # person x experiment: day, NEVER if none
        self.held: Columns = {}  # events of the app that the trackers have not got yet, by day and time

    def reserve(self, people: int, features: int, experiments: int) -> None:
        """Make room for that many people."""
        self.last_used = grown(self.last_used, people, features, FAR_PAST)
        self.goal_due = grown(self.goal_due, people, experiments, NEVER)
