"""A day's file of the device stream."""

from __future__ import annotations

from typing import Any

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


def records(company: Company, day: Day) -> dict[str, dict[str, Any]]:
    """The messages received on the day, by device, boot and sequence."""
    fact = day.fact("device_events")
    if fact is None:
        return {}
    events = fact["event"]
    volumes, units = _volumes(company, day, events)
    return {
        "events": {
            "device_serial": serials(events["device"]),
            "boot": events["boot"],
            "sequence": events["sequence"],
            "event": _words(events["type"], ev.EVENT_NAMES),
            "occurred_at": np.ascontiguousarray(events["at"]),
            "received_at": np.ascontiguousarray(events["received"]),
            "redelivered": events["again"] != ev.ONCE,
            "tap": _numbers(events["tap"]),
            "flow": _words(events["flow"], ev.FLOW_NAMES),
            "volume": volumes,
            "unit": units,
            "beverage": _numbers(events["beverage"], 1),
            "badge": _numbers(events["badge"]),
            "temperature": _numbers(events["temperature_dc"], there=events["type"] == ev.TEMPERATURE),
            "keg": _numbers(events["keg"]),
            "empty_seconds": _numbers(events["empty_seconds"]),
            "code": _words(events["code"], [f.name for f in company.scenario.devices.faults]),
            "firmware": _versions(company, events["firmware"]),
        }
    }


def _numbers(values: NDArray[Any], added: int = 0, there: NDArray[np.bool_] | None = None) -> pa.Array:
    """Whole numbers, null where the event has none (below zero unless told by `there`)."""
    known = values >= 0 if there is None else there
    return _array(pa.int64(), values.astype(np.int64) + added, known)


def _words(codes: NDArray[Any], names: tuple[str, ...] | list[str]) -> pa.Array:
    """Words by their codes, as a dictionary: no text is made for a row."""
    indices = _array(pa.int8(), np.ascontiguousarray(codes, dtype=np.int8), codes >= 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(names)))


def _array(kind: pa.DataType, values: NDArray[Any], known: NDArray[np.bool_]) -> pa.Array:
    bits = pa.py_buffer(np.packbits(known, bitorder="little"))
    nulls = len(values) - int(np.count_nonzero(known))
    # The value below a null is set, so that a file's bytes depend on what it says alone.
    filled = np.where(known, values, values.dtype.type(0))
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(filled)], null_count=nulls)


def _versions(company: Company, releases: NDArray[Any]) -> pa.Array:
    known = np.unique(releases[releases >= 0])
    codes = np.where(releases >= 0, np.searchsorted(known, releases), -1).astype(np.int8)
    return _words(codes, [version(company, int(r)) for r in known])


def _volumes(company: Company, day: Day, events: NDArray[Any]) -> tuple[pa.Array, pa.Array]:
    """Volumes in the unit that the controller's firmware speaks on the day, and that unit."""
    volume = events["volume_ml"].astype(np.int64)
    known, ounces = volume >= 0, np.zeros(len(volume), dtype=bool)
    struck = company.scenario.incidents.on(day.number - company.first_day, "unit_change")
    models = [m.name for m in company.scenario.devices.models]
    for incident in struck:
        if incident.target in models:
            model = company.part(Fleet).devices.model[events["device"]]
            ounces |= model == models.index(incident.target)
    if struck:
        volume = np.where(ounces, np.rint(volume * 1000 / MILLILITRES_PER_OUNCE).astype(np.int64), volume)
    units = pa.DictionaryArray.from_arrays(_array(pa.int8(), ounces.astype(np.int8), known), pa.array(["ml", "moz"]))
    return _array(pa.int64(), volume, known), units
