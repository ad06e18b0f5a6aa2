"""How much of this machine the warehouse's engine may use."""

from __future__ import annotations

import os

from tapflow.core.settings import Settings
from tapflow.warehouse.engine import Limits

_LEAST_MB, _MOST_MB = 512, 6144


def limits_of(settings: Settings) -> Limits:
    """Memory and threads of the warehouse's engine: what is set, or half of the free memory within bounds."""
    return Limits(settings.memory_mb or _half_of_the_free_mb(), settings.worker_count)


def _half_of_the_free_mb() -> int:
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        # Not every system tells; half of the whole is then halved again.
        free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return max(_LEAST_MB, min(_MOST_MB, free // 2 // 1_000_000))
