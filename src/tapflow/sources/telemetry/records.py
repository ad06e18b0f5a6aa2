"""A day's file of the device stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.devices import events as ev
from tapflow.business.devices.firmware import version
from tapflow.business.devices.state import Fleet
from tapflow.sources.telemetry.objects import MILLILITRES_PER_OUNCE

FIRST_SERIAL = 10_000_001
"""Serial number of the first device; the others count on from it."""


def serials(devices: NDArray[Any]) -> NDArray[np.int64]:
    """Serial numbers of devices by their rows."""
    return np.asarray(devices, dtype=np.int64) + FIRST_SERIAL


# Columns that every event has, and numbers and words that it may lack, in the order of `_spread`.
_WHOLE = ("device_serial", "boot", "sequence", "occurred_at", "received_at")
_NUMBERS = ("tap", "volume", "beverage", "badge", "temperature", "keg", "empty_seconds")
_WORDS = ("event", "flow", "unit", "code", "firmware")
_LACKABLE = len(_NUMBERS) + len(_WORDS)


def records(company: Company, day: Day) -> dict[str, dict[str, Any]]:
    """The messages received on the day, by device, boot and sequence."""
    fact = day.fact("device_events")
    if fact is None:
        return {}
    events = fact["event"]
    releases = np.unique(events["firmware"][events["firmware"] >= 0]).astype(np.int64)
    words = {
        "event": ev.EVENT_NAMES,
        "flow": ev.FLOW_NAMES,
        "unit": ("ml", "moz"),
        "code": tuple(f.name for f in company.scenario.devices.faults),
        "firmware": tuple(version(company, int(r)) for r in releases),
    }
    columns = _columns(events, releases, _speaks_ounces(company, day), words)
    return {"events": columns | {"redelivered": events["again"] != ev.ONCE}}


def _speaks_ounces(company: Company, day: Day) -> NDArray[np.bool_]:
    """By device: does its firmware send ounces on the day? Empty when none does."""
    struck = company.scenario.incidents.on(day.number - company.first_day, "unit_change")
    names = [m.name for m in company.scenario.devices.models]
    rows = [names.index(i.target) for i in struck if i.target in names]
    model = company.part(Fleet).devices.model
    return np.isin(model, rows) if rows else np.zeros(0, dtype=bool)


def _columns(
    events: NDArray[Any], releases: NDArray[np.int64], ounces: NDArray[np.bool_], words: Mapping[str, Sequence[str]]
) -> dict[str, pa.Array]:
    """Records turned into columns in one pass: each is read once, however many fields it has."""
    count = len(events)
    bytes_of_bits = (count + 7) // 8
    wide, numbers = _table("i8", len(_WHOLE) + len(_NUMBERS), count)
    narrow, codes = _table("i1", len(_WORDS), count)
    packed, bits = _table("u1", _LACKABLE, bytes_of_bits)
    nulls = np.zeros(_LACKABLE, dtype=np.int64)
    _spread(events, FIRST_SERIAL, releases, ounces, MILLILITRES_PER_OUNCE, numbers, codes, bits, nulls)
    columns: dict[str, pa.Array] = {}
    for place, name in enumerate((*_WHOLE, *_NUMBERS)):
        lacked = place - len(_WHOLE)
        valid = packed.slice(lacked * bytes_of_bits, bytes_of_bits) if lacked >= 0 and nulls[lacked] else None
        values = wide.slice(place * count * 8, count * 8)
        columns[name] = pa.Array.from_buffers(pa.int64(), count, [valid, values])
    for place, name in enumerate(_WORDS):
        lacked = len(_NUMBERS) + place
        valid = packed.slice(lacked * bytes_of_bits, bytes_of_bits) if nulls[lacked] else None
        indices = pa.Array.from_buffers(pa.int8(), count, [valid, narrow.slice(place * count, count)])
        columns[name] = pa.DictionaryArray.from_arrays(indices, pa.array(list(words[name]), pa.string()))
    return columns


def _table(dtype: str, columns: int, count: int) -> tuple[pa.Buffer, NDArray[Any]]:
    # In Arrow's pool, whose pages the simulator keeps from day to day: fresh ones would cost more than the work.
    buffer = pa.allocate_buffer(max(columns * count * np.dtype(dtype).itemsize, 1))
    return buffer, np.frombuffer(buffer, dtype=dtype, count=columns * count).reshape(columns, count)


@ev.compiled
def _lack(lacks, column, i, bits, nulls):  # type: ignore[no-untyped-def]
    """Note whether an event lacks a column's value."""
    if i & 7 == 0:
        bits[column, i >> 3] = 0
    if lacks:
        nulls[column] += 1
    else:
        bits[column, i >> 3] |= np.uint8(1 << (i & 7))


@numba.njit(cache=True, nogil=True, _nrt=False)
def _spread(
    events: Any, first: int, releases: Any, ounces: Any, ounce_ml: float, wide: Any, narrow: Any, bits: Any, nulls: Any
) -> None:
    """Fill the columns. What lies below a null is zero, so that a file's bytes depend on what it says alone."""
    for i in range(events.shape[0]):
        e = events[i]
        wide[0, i] = first + e.device
        wide[1, i] = e.boot
        wide[2, i] = e.sequence
        wide[3, i] = e.at
        wide[4, i] = e.received
        volume, unit = np.int64(e.volume_ml), 0
        if volume >= 0 and ounces.shape[0] > 0 and ounces[e.device]:
            volume, unit = np.int64(np.rint(volume * 1000 / ounce_ml)), 1
        wide[5, i] = max(e.tap, 0)
        wide[6, i] = max(volume, 0)
        wide[7, i] = e.beverage + 1
        wide[8, i] = max(e.badge, 0)
        reads = e.temperature_dc != ev.NO_TEMPERATURE
        wide[9, i] = e.temperature_dc if reads else 0
        wide[10, i] = max(e.keg, 0)
        wide[11, i] = max(e.empty_seconds, 0)
        _lack(e.tap < 0, 0, i, bits, nulls)
        _lack(volume < 0, 1, i, bits, nulls)
        _lack(e.beverage < 0, 2, i, bits, nulls)
        _lack(e.badge < 0, 3, i, bits, nulls)
        _lack(not reads, 4, i, bits, nulls)
        _lack(e.keg < 0, 5, i, bits, nulls)
        _lack(e.empty_seconds < 0, 6, i, bits, nulls)
        narrow[0, i] = e.type
        narrow[1, i] = max(e.flow, 0)
        narrow[2, i] = unit
        narrow[3, i] = max(e.code, 0)
        release = 0
        while e.firmware >= 0 and releases[release] != e.firmware:
            release += 1
        narrow[4, i] = release
        _lack(False, 7, i, bits, nulls)
        _lack(e.flow < 0, 8, i, bits, nulls)
        _lack(volume < 0, 9, i, bits, nulls)
        _lack(e.code < 0, 10, i, bits, nulls)
        _lack(e.firmware < 0, 11, i, bits, nulls)
