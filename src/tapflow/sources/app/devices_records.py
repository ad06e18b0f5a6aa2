"""The product database's change log of a day, as far as it is about devices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.devices.firmware import version
from tapflow.business.devices.state import SLOTS, Fleet
from tapflow.sources.app.changes import logged, newest
from tapflow.sources.app.ids import key
from tapflow.sources.telemetry.records import serials

Log = dict[str, Any]
Ints = NDArray[np.int64]


def device_records(company: Company, day: Day) -> dict[str, Log]:
    """The day's log of every table about devices."""
    logs = _devices(company, day) | _taps(company, day) | _kegs(company, day) | _visits(company, day)
    logs |= _bartenders(company, day) | _loyalty(company, day)
    if day.number == company.first_day:
        logs["beverages"] = _beverages(company, day)
    return logs


def _micros(seconds: ArrayLike, there: ArrayLike = True) -> pa.Array:
    values = np.asarray(seconds, dtype=np.int64) * 1_000_000
    return pa.array(values, mask=~np.broadcast_to(np.asarray(there), values.shape)).view(pa.timestamp("us"))


def _integers(values: ArrayLike, there: ArrayLike) -> pa.Array:
    numbers = np.asarray(values, dtype=np.int64)
    return pa.array(numbers, mask=~np.broadcast_to(np.asarray(there), numbers.shape))


def _devices(company: Company, day: Day) -> dict[str, Log]:
    changed = day.fact("device_changed")
    if changed is None:
        return {}
    table = company.part(Fleet).devices
    rows, at = newest(changed["device"], changed["at"])
    order, log = logged(rows, at, table.installed_at[rows])
    rows = rows[order]
    releases, place = np.unique(table.firmware[rows], return_inverse=True)
    removed, replaces = table.removed_at[rows], table.replaces[rows]
    log |= {
        "id": key(rows),
        "serial_number": serials(rows),
        "location_id": key(table.location[rows]),
        "model": np.array([m.name for m in company.scenario.devices.models], dtype=object)[table.model[rows]],
        "firmware_version": np.array([version(company, int(r)) for r in releases], dtype=object)[place],
        "taps": table.tap_count[rows].astype(np.int64),
        "installed_at": table.installed_at[rows] * 1_000_000,
        "removed_at": _micros(removed, removed >= 0),
        "replaces_device_id": _integers(key(replaces), replaces >= 0),
    }
    return {"devices": log}


def _opened(company: Company, day: Day) -> tuple[Ints, Ints]:
    """Taps opened on the day (on the first day: all), and when."""
    fleet, devices = company.part(Fleet), day.fact("device_changed")
    if devices is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    rows, _ = newest(devices["device"], devices["at"])
    count = fleet.devices.tap_count[rows].astype(np.int64)
    position = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    slots = np.repeat(rows, count) * SLOTS + position
    created = fleet.taps.created_at[slots]
    opened = (created >= day.start_seconds) | (day.number == company.first_day)
    return slots[opened], created[opened]


def _slots_changed(company: Company, day: Day) -> tuple[Ints, Ints]:
    """Taps that were opened or got another beverage, and when."""
    slots, at = _opened(company, day)
    kegs = day.fact("keg_changed")
    if kegs is not None:
        slots = np.concatenate([slots, kegs["slot"][kegs["rotated"]]])
        at = np.concatenate([at, kegs["at"][kegs["rotated"]]])
    return newest(slots, at)


def _taps(company: Company, day: Day) -> dict[str, Log]:
    taps = company.part(Fleet).taps
    slots, at = _slots_changed(company, day)
    if not len(slots):
        return {}
    order, log = logged(slots, at, taps.created_at[slots])
    slots = slots[order]
    log |= {
        "id": key(slots),
        "device_id": key(slots // SLOTS),
        "position": slots % SLOTS + 1,
        "beverage_id": key(taps.beverage[slots]),
        "created_at": taps.created_at[slots] * 1_000_000,
    }
    return {"taps": log}


def _kegs(company: Company, day: Day) -> dict[str, Log]:
    """Kegs that were taken off."""
    changed = day.fact("keg_changed")
    if changed is None:
        return {}
    order, log = logged(changed["keg"] - 1, changed["at"], changed["at"])
    rows = {name: values[order] for name, values in changed.items()}
    log |= {
        "id": rows["keg"] - 1,
        "tap_id": key(rows["slot"]),
        "beverage_id": key(rows["beverage_before"]),
        "tapped_at": rows["tapped_at"] * 1_000_000,
        "changed_at": rows["at"] * 1_000_000,
        "leftover_ml": rows["leftover_ml"],
    }
    return {"kegs": log}


def _visits(company: Company, day: Day) -> dict[str, Log]:
    visits = day.fact("maintenance")
    if visits is None:
        return {}
    order, log = logged(visits["visit"], visits["end"], visits["end"])
    rows = {name: values[order] for name, values in visits.items()}
    kinds = np.array([*(f.name for f in company.scenario.devices.faults), "planned"], dtype=object)
    staff = max(1, len(company.part(Fleet).active) * company.scenario.devices.service.technicians // 10_000)
    mended = np.where(rows["exchanged"], "exchanged", "repaired")
    log |= {
        "id": key(rows["visit"]),
        "device_id": key(rows["device"]),
        "location_id": key(rows["location"]),
        "kind": kinds[rows["kind"]],
        "planned": rows["planned"],
        "outcome": np.where(rows["planned"], "serviced", mended).astype(object),
        "technician": 1 + rows["location"] * 7919 % staff,
        "started_at": rows["at"] * 1_000_000,
        "ended_at": rows["end"] * 1_000_000,
    }
    return {"maintenance_visits": log}


def _bartenders(company: Company, day: Day) -> dict[str, Log]:
    changed = day.fact("bartender_changed")
    if changed is None:
        return {}
    table = company.part(Fleet).bartenders
    rows, at = newest(changed["bartender"], changed["at"])
    order, log = logged(rows, at, table.hired_at[rows])
    rows = rows[order]
    log |= {
        "id": key(rows),
        "location_id": key(table.location[rows]),
        "badge": table.badge[rows].astype(np.int64),
        "hired_at": table.hired_at[rows] * 1_000_000,
        "left_at": _micros(table.left_at[rows], table.left_at[rows] >= 0),
    }
    return {"bartenders": log}


def _loyalty(company: Company, day: Day) -> dict[str, Log]:
    seen = day.fact("loyalty_visits")
    if seen is None:
        return {}
    bands = company.scenario.devices.house.age_bands
    number = (day.number * 10_000_000 + seen["location"]) * len(bands) + seen["band"]
    at = np.full(len(number), day.end_seconds - 60, dtype=np.int64)
    order, log = logged(number, at, at)
    log |= {
        "id": number[order],
        "location_id": key(seen["location"][order]),
        "visit_date": np.full(len(order), day.number, dtype=np.int32),
        "age_band": np.array(bands, dtype=object)[seen["band"][order]],
        "visits": seen["visits"][order],
    }
    return {"loyalty_visits": log}


def _beverages(company: Company, day: Day) -> Log:
    drinks = company.scenario.devices.beverages
    rows, at = np.arange(len(drinks)), np.full(len(drinks), day.start_seconds, dtype=np.int64)
    _, log = logged(rows, at, at)
    return log | {
        "id": key(rows),
        "name": np.array([d.name for d in drinks], dtype=object),
        "category": np.array([d.category for d in drinks], dtype=object),
        "abv_permille": np.array([d.abv_permille for d in drinks]),
        "price_per_litre_cents": np.array([d.price_minor for d in drinks]),
        "keg_ml": np.array([d.keg_ml for d in drinks]),
    }
