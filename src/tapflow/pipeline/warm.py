"""Compiling the simulator's loops when TapFlow is installed: `python -m tapflow.pipeline.warm`.

numba keeps what it compiled beside the modules, so the first company begins at once.
"""

from __future__ import annotations

from datetime import date

from tapflow.business.company import Company
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.core.clock import day_number
from tapflow.sources.day_logs import day_logs

_FIRST_DAY = date(2026, 1, 1)  # any: nothing of these days is kept
_DAYS = 2


def warm() -> None:
    """Step the smallest company for two days, with all that its systems would see, and write nothing."""
    company = Company(load_scenario("tiny", {}), seed=1, first_day=day_number(_FIRST_DAY))
    for _ in range(_DAYS):
        list(day_logs(company, step(company)))


if __name__ == "__main__":
    warm()
