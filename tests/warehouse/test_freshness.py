"""Sources are as fresh as the simulated clock says, whatever day it is outside."""

from __future__ import annotations

from datetime import date

import pytest
from tests.warehouse.shop import CLOCK, Shop

from tapflow.warehouse.raw import Clock


@pytest.mark.parametrize(("today", "status"), [(CLOCK.last_day, "pass"), (date(2026, 3, 14), "warn")])
def test_freshness_is_judged_by_the_simulated_clock(shop: Shop, today: date, status: str) -> None:
    runs = shop.warehouse.freshness(shop.lake, Clock(CLOCK.first_day, today))
    assert {r.name: r.status for r in runs} == {"orders": status}
