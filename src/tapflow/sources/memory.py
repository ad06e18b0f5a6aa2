"""Memory that is freed stays with the process: a day's columns take the place of those of the day before.

The system clears each page that it hands out. A full-size day needs hundreds of megabytes for a
moment, and clearing them took a tenth of all the simulator's time. By default both the C library
and Arrow's own pool give large pieces back at once.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

import pyarrow as pa

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # of glibc's mallopt


def keep_freed_memory() -> None:
    """Keep what is freed, in this process from now on. Does nothing where the C library is not glibc."""
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_MAX, 0)
        library.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
        pa.set_memory_pool(pa.system_memory_pool())
