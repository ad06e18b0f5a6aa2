"""What the ledger knows of devices."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.devices import events as ev
from tapflow.business.devices.firmware import version
from tapflow.business.devices.machine import (
    M_FAULT,
    M_REPAIRED,
    T_MONITORED,
    T_SKEWED,
    T_UP,
    TALLY,
)  # fmt: skip
from tapflow.business.devices.machine import Day as Run
from tapflow.business.devices.state import Fleet
from tapflow.core.clock import SECONDS_PER_DAY
from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

_MEASURES = (
    ("pours", "Flows of kind serve."),
    ("serve_ml", "Volume served."),
    ("foam_ml", "Volume of foam."),
    ("spill_ml", "Volume spilt."),
    ("clean_ml", "Volume flushed in cleaning."),
    ("leftover_ml", "Volume left in kegs that were changed."),
    ("readings", "Temperature readings."),
    ("excursions", "Readings outside the allowed band."),
    ("temperature_dc", "Sum of the readings, tenths of a degree Celsius."),
    ("keg_changes", "Kegs changed."),
    ("empty_seconds", "Seconds without beer at taps whose keg was changed, counted when it was changed."),
    ("faults", "Faults."),
    ("events", "Events of any kind."),
)

TABLES: tuple[TruthTable, ...] = (
    TruthTable(
        "device",
        "one row per device and day on which it was installed, removed or updated",
        "Devices as they are: every later table speaks of `device` by this number.",
        (
            Column("device", Type.INT, "The device's number; the product's id is one more."),
            Column("location", Type.INT, "Its location's number."),
            Column("account", Type.INT, "Its account's number."),
            Column("model", Type.STRING, "Hardware model."),
            Column("firmware", Type.STRING, "Firmware at the day's end."),
            Column("taps", Type.INT, "Taps."),
            Column("installed_at", Type.TIMESTAMP, "When it was installed."),
            Column("removed_at", Type.TIMESTAMP, "When it was removed; null while installed."),
        ),
    ),
    TruthTable(
        "device_day",
        "one row per installed device and day",
        "What each device did on a day by its true instants, whatever has been received of it.",
        (
            Column("device", Type.INT, "The device's number."),
            Column("day", Type.DATE, "The day, UTC."),
            *(Column(name, Type.INT, text) for name, text in _MEASURES),
            Column("monitored_seconds", Type.INT, "Installed, without planned maintenance."),
            Column("up_seconds", Type.INT, "From a connect to the next disconnect or fault."),
            Column("installed", Type.BOOL, "Installed at the day's end."),
            Column("events_received", Type.INT, "Events first received on the day, whenever they happened."),
            Column("pours_received", Type.INT, "Of those, flows of kind serve."),
            Column("copies_received", Type.INT, "Second sendings received on the day (mess)."),
            Column("skewed_events", Type.INT, "Events of the day stamped by a wrong clock (mess)."),
            Column("hazard_ppm", Type.INT, "Chance of a fault on the day, in millionths."),
        ),
    ),
    TruthTable(
        "device_fault",
        "one row per fault",
        "Faults as they happened.",
        (
            Column("device", Type.INT, "The device's number."),
            Column("at", Type.TIMESTAMP, "When."),
            Column("kind", Type.STRING, "What failed."),
            Column("repair_at", Type.TIMESTAMP, "When its repair was due, as decided at the fault."),
        ),
    ),
    TruthTable(
        "device_repair",
        "one row per repaired fault",
        "Faults that ended in a repair, at their end.",
        (
            Column("device", Type.INT, "The device's number."),
            Column("fault_at", Type.TIMESTAMP, "When the fault began."),
            Column("at", Type.TIMESTAMP, "When it was mended."),
            Column("kind", Type.STRING, "What had failed."),
        ),
    ),
    TruthTable(
        "device_visit",
        "one row per technician's visit that ended",
        "Maintenance, planned and reactive.",
        (
            Column("device", Type.INT, "The device's number."),
            Column("at", Type.TIMESTAMP, "When it began."),
            Column("ended_at", Type.TIMESTAMP, "When it ended."),
            Column("kind", Type.STRING, "planned, or the fault it was for."),
            Column("planned", Type.BOOL, "Planned, not for a fault."),
        ),
    ),
    TruthTable(
        "telemetry_mess",
        "one row per effect, device and day whose figures it touches",
        "How the stream's figures of a day differ from the truth: `buffered` adds what was made on the day but "
        "not received then, `arrived` what of it came later, `moved_out` and `moved_in` what a wrong clock took "
        "from the day and gave to it. Published less true is moved_in - moved_out - buffered + arrived.",
        (
            Column("told_day", Type.DATE, "The day on which it became so."),
            Column("effect", Type.STRING, "buffered, arrived, moved_out or moved_in."),
            Column("device", Type.INT, "The device's number."),
            Column("day", Type.DATE, "The day whose figures are touched."),
            *(Column(name, Type.INT, text) for name, text in _MEASURES),
        ),
    ),
)


def tell(company: Company, day: Day, run: Run) -> None:
    """Write the day into the ledger."""
    _tell_devices(company, day)
    fleet, device, tally = company.part(Fleet), run.plan["device"], run.tally
    names = [name for name in TALLY if name not in ("monitored_seconds", "up_seconds", "skewed_events")]
    day.tell(
        "device_day",
        device=device,
        day=np.full(len(device), day.number, dtype=np.int32),
        monitored_seconds=tally[:, T_MONITORED],
        up_seconds=tally[:, T_UP],
        skewed_events=tally[:, T_SKEWED],
        installed=fleet.devices.removed_at[device] < 0,
        hazard_ppm=np.rint(run.plan["hazard"] * 1e6).astype(np.int64),
        **{name: tally[:, TALLY.index(name)] for name in names},
    )
    _tell_conditions(company, day, run)
    _tell_mess(company, day, run)


def _tell_devices(company: Company, day: Day) -> None:
    changed = day.fact("device_changed")
    if changed is None:
        return
    fleet = company.part(Fleet)
    table, rows = fleet.devices, np.unique(changed["device"])
    releases = table.firmware[rows]
    texts = {int(r): version(company, int(r)) for r in np.unique(releases)}
    removed = table.removed_at[rows]
    gone = np.where(removed < 0, np.datetime64("NaT"), (removed * 1_000_000).astype("M8[us]"))
    day.tell(
        "device",
        device=rows,
        location=table.location[rows],
        account=table.account[rows],
        model=np.array([m.name for m in company.scenario.devices.models], dtype=object)[table.model[rows]],
        firmware=np.array([texts[int(r)] for r in releases], dtype=object),
        taps=table.tap_count[rows],
        installed_at=table.installed_at[rows] * 1_000_000,
        removed_at=gone.astype("M8[us]"),
    )


def _tell_conditions(company: Company, day: Day, run: Run) -> None:
    kinds, moves = np.array([f.name for f in company.scenario.devices.faults], dtype=object), run.moves
    faults, repairs = moves["what"] == M_FAULT, moves["what"] == M_REPAIRED
    day.tell(
        "device_fault",
        device=moves["device"][faults].astype(np.int64),
        at=moves["at"][faults] * 1_000_000,
        kind=kinds[moves["kind"][faults]],
        repair_at=moves["begin"][faults] * 1_000_000,
    )
    day.tell(
        "device_repair",
        device=moves["device"][repairs].astype(np.int64),
        fault_at=moves["begin"][repairs] * 1_000_000,
        at=moves["at"][repairs] * 1_000_000,
        kind=kinds[moves["kind"][repairs]],
    )
    visits = day.fact("maintenance")
    if visits is not None:
        day.tell(
            "device_visit",
            device=visits["device"],
            at=visits["at"] * 1_000_000,
            ended_at=visits["end"] * 1_000_000,
            kind=np.append(kinds, "planned")[visits["kind"]],
            planned=visits["planned"],
        )


def _tell_mess(company: Company, day: Day, run: Run) -> None:
    """Compare, event by event, the day on which it happened with the day on which it counts."""
    out, later = run.out, run.later
    fresh = later["lag"] == 0
    _tell_effect(company, day, "buffered", later, np.flatnonzero(fresh), np.full(fresh.sum(), day.number))
    rows = np.empty(len(out), dtype=np.int64)
    odd: NDArray[Any] = out[rows[: _odd_events(out, day.number, rows)]]
    happened = day.number - odd["lag"].astype(np.int64)
    counted = np.minimum(odd["at"], odd["received"]) // SECONDS_PER_DAY
    late = np.flatnonzero(odd["lag"] > 0)
    moved = np.flatnonzero(counted != happened)
    _tell_effect(company, day, "arrived", odd, late, happened[late])
    _tell_effect(company, day, "moved_out", odd, moved, happened[moved])
    _tell_effect(company, day, "moved_in", odd, moved, counted[moved])


@numba.njit(cache=True, nogil=True, _nrt=False)
def _odd_events(out, today, found):  # type: ignore[no-untyped-def]
    """Rows of first receptions that happened on an earlier day, or count on another one; answers how many."""
    n = 0
    for i in range(out.shape[0]):
        e = out[i]
        counted = min(e.at, e.received) // SECONDS_PER_DAY
        if e.again != ev.AGAIN and (e.lag > 0 or counted != today):
            found[n] = i
            n += 1
    return n


def _tell_effect(
    company: Company, day: Day, effect: str, e: NDArray[Any], rows: np.ndarray, touched: np.ndarray
) -> None:
    """Sum the measures of some events by device and touched day, and tell them."""
    if not len(rows):
        return
    heat = company.scenario.devices.temperature
    kind, flow, volume = e["type"][rows], e["flow"][rows], e["volume_ml"][rows].astype(np.int64)
    pour, read, keg = kind == ev.POUR, kind == ev.TEMPERATURE, kind == ev.KEG_CHANGE
    degrees = e["temperature_dc"][rows].astype(np.int64)
    measures = {
        "pours": pour & (flow == ev.SERVE),
        "serve_ml": np.where(pour & (flow == ev.SERVE), volume, 0),
        "foam_ml": np.where(pour & (flow == ev.FOAM), volume, 0),
        "spill_ml": np.where(pour & (flow == ev.SPILL), volume, 0),
        "clean_ml": np.where(pour & (flow == ev.CLEAN), volume, 0),
        "leftover_ml": np.where(keg, volume, 0),
        "readings": read,
        "excursions": read & ((degrees < heat.low_dc) | (degrees > heat.high_dc)),
        "temperature_dc": np.where(read, degrees, 0),
        "keg_changes": keg,
        "empty_seconds": np.where(keg, e["empty_seconds"][rows], 0),
        "faults": kind == ev.FAULT,
        "events": np.ones(len(rows), dtype=bool),
    }
    key = e["device"][rows].astype(np.int64) * 100_000 + touched
    keys, place = np.unique(key, return_inverse=True)
    sums = {n: np.bincount(place, weights=v.astype(np.float64)).astype(np.int64) for n, v in measures.items()}
    day.tell(
        "telemetry_mess",
        told_day=np.full(len(keys), day.number, dtype=np.int32),
        effect=np.full(len(keys), effect, dtype=object),
        device=keys // 100_000,
        day=(keys % 100_000).astype(np.int32),
        **sums,
    )
