"""What a compiled day means to others: facts, orders for exchanges, the events for the stream."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.devices.machine import (
    M_CONNECTED,
    M_FAULT,
    M_KEG,
    M_OFFLINE,
    M_REMOVED,
    M_REPAIRED,
    M_REPLACED,
    M_UPDATED,
    M_VISIT,
    TALLY,
)  # fmt: skip
from tapflow.business.devices.machine import Day as Run
from tapflow.business.devices.state import Fleet

PLANNED = -1  # kind of a planned visit


def record(company: Company, day: Day, run: Run) -> None:
    """Emit the day's facts and keep what is still under way."""
    _emit_moves(company, day, run)
    _visits(company, day, run)
    _exchanges(company, day, run)
    day.emit("device_day", device=run.plan["device"], **{n: run.tally[:, k] for k, n in enumerate(TALLY)})
    day.emit("device_events", event=run.out)
    fleet = company.part(Fleet)
    fleet.pending = run.later[run.later["received"] == -1]
    fleet.copies = run.copies


def _moves(run: Run, what: int) -> NDArray[np.int64]:
    return np.flatnonzero(run.moves["what"] == what)


def _emit_moves(company: Company, day: Day, run: Run) -> None:
    table, moves = company.part(Fleet).devices, run.moves
    faults = _moves(run, M_FAULT)
    device = moves["device"][faults]
    day.emit(
        "device_fault",
        device=device,
        location=table.location[device],
        account=table.account[device],
        kind=moves["kind"][faults],
        at=moves["at"][faults],
    )
    for what, fact in ((M_REPAIRED, "device_repaired"), (M_OFFLINE, "device_offline")):
        chosen = _moves(run, what)
        device = moves["device"][chosen]
        at, begin, kind = moves["at"][chosen], moves["begin"][chosen], moves["kind"][chosen]
        if what == M_REPAIRED:
            day.emit(fact, device=device, at=at, fault_at=begin, kind=kind)
        else:
            day.emit(fact, device=device, begin=begin, end=at, kind=kind)
    for what, fact in ((M_REMOVED, "device_removed"), (M_CONNECTED, "device_connected")):
        chosen = _moves(run, what)
        day.emit(fact, device=moves["device"][chosen], at=moves["at"][chosen])
    changed = np.concatenate([_moves(run, M_REMOVED), _moves(run, M_UPDATED)])
    day.emit("device_changed", device=moves["device"][changed], at=moves["at"][changed])
    _kegs(day, run)


def _kegs(day: Day, run: Run) -> None:
    moves, chosen = run.moves, _moves(run, M_KEG)
    day.emit(
        "keg_changed",
        slot=moves["slot"][chosen],
        at=moves["at"][chosen],
        tapped_at=moves["begin"][chosen],
        leftover_ml=moves["amount"][chosen],
        keg=moves["keg"][chosen],
        beverage=moves["beverage"][chosen],
        beverage_before=moves["kind"][chosen],
        rotated=moves["kind"][chosen] != moves["beverage"][chosen],
    )


def _visits(company: Company, day: Day, run: Run) -> None:
    """Number the visits that ended today, and tell of them."""
    fleet, moves, chosen = company.part(Fleet), run.moves, _moves(run, M_VISIT)
    if not len(chosen):
        return
    device = moves["device"][chosen]
    visit = fleet.visits + np.arange(len(chosen), dtype=np.int64)
    fleet.visits += len(chosen)
    kind = moves["kind"][chosen]
    begin, end = moves["begin"][chosen], moves["at"][chosen]
    day.emit(
        "maintenance",
        visit=visit,
        device=device,
        location=fleet.devices.location[device],
        account=fleet.devices.account[device],
        kind=kind,
        planned=kind == PLANNED,
        exchanged=moves["amount"][chosen] > 0,
        at=begin,
        end=end,
        minutes=(end - begin) // 60,
    )


def _exchanges(company: Company, day: Day, run: Run) -> None:
    """A device that could not be mended was taken along; another one comes the next day."""
    fleet, chosen = company.part(Fleet), _moves(run, M_REPLACED)
    if not len(chosen):
        return
    old = run.moves["device"][chosen]
    fleet.orders.append(
        location=fleet.devices.location[old],
        day=day.number + 1,
        at=-1,
        taps=fleet.devices.tap_count[old],
        replaces=old,
    )
