"""What is done once, when TapFlow is installed: `python -m tapflow.pipeline.warm`.

numba keeps what it compiled of the simulator beside the modules, dbt what it parsed beside its project, so the
first company begins at once.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from tapflow.business.company import Company
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.core.clock import day_number
from tapflow.sources.day_logs import day_logs
from tapflow.warehouse.builder import Warehouse

_FIRST_DAY = date(2026, 1, 1)  # any: nothing of these days is kept
_DAYS = 2


def warm() -> None:
    """Step the smallest company for two days, with all that its systems would see, and parse the dbt project."""
    company = Company(load_scenario("tiny", {}), seed=1, first_day=day_number(_FIRST_DAY))
    for _ in range(_DAYS):
        list(day_logs(company, step(company)))
    with tempfile.TemporaryDirectory() as nowhere:
        Warehouse(Path(nowhere)).dbt.manifest()


if __name__ == "__main__":
    warm()
