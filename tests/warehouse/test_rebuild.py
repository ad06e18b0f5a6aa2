"""Building day after day, and building anew from what is retained, give the same rows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.homes import UNTIL, BuiltHome, simulated_home

from tapflow.ingest import ingest_days
from tapflow.lake import Lake
from tapflow.warehouse.raw import Clock


@pytest.mark.slow
def test_day_by_day_at_once_and_anew_give_the_same_rows(tmp_path: Path) -> None:
    days = 40
    simulated_home(tmp_path / "home", days=days)
    made = BuiltHome(tmp_path / "home")
    warehouse, first = made.warehouse(), made.clock.first_day
    published = []
    with Lake(made.root) as lake:
        for upto in (19, 20, 33, 39):
            last = first + timedelta(days=upto)
            ingest_days(made.root, lake, days=[first + timedelta(days=d) for d in range(upto + 1)])
            if upto == 33:
                warehouse.build_streams(lake, Clock(first, last))
            else:
                published.append(warehouse.build(lake, Clock(first, last)).version)
        published.append(warehouse.build(lake, Clock(first, UNTIL), full_refresh=True).version)
    *_, grown, anew = published
    assert grown is not None and anew is not None
    differing = {t for t in anew.tables if anew.tables[t].digest != grown.tables[t].digest}
    assert differing == set()
