"""Building PostHog's columns in bulk: many events share few values, so values are looked up, not made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from tapflow.core.ids import mix, namespace_salt
from tapflow.core.schema import Type
from tapflow.sources.posthog.objects import EVENTS

_ARROW = {Type.TIMESTAMP: pa.timestamp("us")}
EVENT_SCHEMA = pa.schema([(f.name, _ARROW.get(f.type, pa.string())) for f in EVENTS.fields])

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def uuids(namespace: str, numbers: ArrayLike) -> pa.Array:
    """UUIDs as `core.ids.uuid` spells them, a whole column at a time: a pure function of the number."""
    high = mix(np.atleast_1d(numbers), namespace_salt(namespace))
    low = mix(high, namespace_salt(namespace + "/low"))
    # Version and variant bits, the high half's lost ones kept in the low half's second digit.
    lost = (high >> np.uint64(12)) & np.uint64(15)
    high = (high & ~np.uint64(0xF000)) | np.uint64(0x4000)
    low = (low & np.uint64(0x00FFFFFFFFFFFFFF)) | np.uint64(0xA000000000000000) | (lost << np.uint64(56))
    return spelled(high, low)


def time_uuids(milliseconds: ArrayLike, number: ArrayLike) -> pa.Array:
    """UUIDs of version 7: the instant first, then a number (below 2^60) that tells equals apart.

    PostHog's clients make these; sorted by time they compress to a few bytes.
    """
    milli = np.atleast_1d(np.asarray(milliseconds, dtype=np.int64)).astype(np.uint64)
    rest = np.atleast_1d(np.asarray(number, dtype=np.int64)).astype(np.uint64)
    low_bits = np.uint64(48)
    high = (milli << np.uint64(16)) | np.uint64(0x7000) | (rest >> low_bits)
    low = np.uint64(0xA000000000000000) | (rest & np.uint64((1 << 48) - 1))
    return spelled(high, low)


def spelled(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> pa.Array:
    """The column of UUIDs whose halves these are."""
    letters = np.empty((len(high), 36), dtype=np.uint8)
    _write_uuids(high, low, _HEX, letters)
    offsets = np.arange(0, 36 * (len(letters) + 1), 36, dtype=np.int32)
    return pa.StringArray.from_buffers(len(letters), pa.py_buffer(offsets), pa.py_buffer(letters))


@numba.njit(cache=True, nogil=True)
def _write_uuids(
    high: NDArray[np.uint64], low: NDArray[np.uint64], hexes: NDArray[np.uint8], letters: NDArray[np.uint8]
) -> None:
    for i in range(len(high)):
        place = 0
        for digit in range(32):
            if digit == 8 or digit == 12 or digit == 16 or digit == 20:
                letters[i, place] = 45  # a dash
                place += 1
            half = high[i] if digit < 16 else low[i]
            letters[i, place] = hexes[(half >> np.uint64(4 * (15 - (digit & 15)))) & np.uint64(15)]
            place += 1


def looked_up(values: Sequence[str | None], index: NDArray[np.int64]) -> pa.Array:
    """The column whose rows are `values[index]`; an index below zero gives null."""
    picks = pa.array(index, mask=index < 0)
    return pa.array(values, pa.string()).take(picks)


def event_table(columns: Mapping[str, Any], count: int) -> pa.Table:
    """A table of EVENT_SCHEMA; what is not given is null. `timestamp` may be int64 microseconds."""
    arrays = []
    for field in EVENT_SCHEMA:
        value = columns.get(field.name)
        if value is None:
            arrays.append(pa.nulls(count, field.type))
        elif isinstance(value, pa.Array):
            arrays.append(value)
        else:
            arrays.append(pa.array(value).cast(field.type))
    return pa.Table.from_arrays(arrays, schema=EVENT_SCHEMA)
