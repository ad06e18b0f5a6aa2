"""How much of this machine the warehouse's engine may use."""

from __future__ import annotations

from tapflow.core.settings import read_settings
from tapflow.pipeline.diagnosis import available_memory
from tapflow.warehouse.engine import Limits

_LEAST_MB, _MOST_MB = 1024, 6144  # of memory, when no setting says


def engine_limits(workers: int) -> Limits:
    """What the warehouse's engine may use: as the setting says, or half of the free memory within reason."""
    told = read_settings().memory_mb
    free = (available_memory() or 4_000_000_000) // 2_000_000
    return Limits(memory_mb=told or min(_MOST_MB, max(_LEAST_MB, free)), threads=workers)
