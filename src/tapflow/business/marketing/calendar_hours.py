"""Local clocks: when people of a region are awake."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.core.clock import DayNumber, day_start_seconds


@lru_cache(maxsize=4096)
def _offset_seconds(zone: str, day: DayNumber) -> int:
    noon = datetime.fromtimestamp(day_start_seconds(day) + 43_200, UTC)
    offset = noon.astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def zone_offsets(company: Company, day: DayNumber) -> NDArray[np.int64]:
    """Seconds that each region's local time is ahead of UTC at the day's noon."""
    return np.array([_offset_seconds(r.zone, day) for r in company.scenario.customers.regions], dtype=np.int64)
