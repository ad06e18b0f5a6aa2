"""Memory that is freed stays with the process while days are made: a day's columns take the place of the day's before.

The system clears each page that it hands out. A full-size day needs hundreds of megabytes for a
moment, which by default both the C library and Arrow's own pool give back at once.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # of glibc's mallopt
_TRIM_DEFAULT_BYTES, _MMAP_DEFAULT = 128 * 1024, 65536


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Keep what is freed within the block, and give it back at its end: what follows needs the room.

    Does nothing where the C library is not glibc.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if library is None or not hasattr(library, "mallopt") or not hasattr(library, "malloc_trim"):
        yield
        return
    pool = pa.default_memory_pool()
    library.mallopt(_MMAP_MAX, 0)
    library.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(pool)
        library.mallopt(_MMAP_MAX, _MMAP_DEFAULT)
        library.mallopt(_TRIM_THRESHOLD, _TRIM_DEFAULT_BYTES)
        library.malloc_trim(0)
