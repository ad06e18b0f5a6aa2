"""How much of this machine the warehouse's engine may use."""

from __future__ import annotations

from tapflow.core.settings import read_settings
from tapflow.pipeline.diagnosis import available_memory
from tapflow.warehouse.engine import Limits

# Memory of the engine when no setting says, in MB. The rest of the process takes about 600 MB beside it:
# tiny and demo stay within 4 GB, a company of full size within 10 GB.
_LEAST_MB, _MOST_MB, _MOST_LARGE_MB = 1024, 2048, 6144
LARGE_FROM_DEVICES = 20_000


def engine_limits(workers: int, devices: int = 0) -> Limits:
    """What the warehouse's engine may use for a company that began with so many devices.

    As the setting says, or half of the free memory within reason.
    """
    most = _MOST_LARGE_MB if devices >= LARGE_FROM_DEVICES else _MOST_MB
    free = (available_memory() or 4_000_000_000) // 2_000_000
    return Limits(memory_mb=read_settings().memory_mb or min(most, max(_LEAST_MB, free)), threads=workers)
