"""A day of the devices: who gets and loses one, what is planned, the compiled day, and what came of it."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.devices import fleet as standing
from tapflow.business.devices import house, outcome, signals, truth
from tapflow.business.devices.conditions import run_devices
from tapflow.business.devices.demand import RegionDay, region_day
from tapflow.business.devices.events import EVENT, grown
from tapflow.business.devices.machine import MOVE, TALLY, W_COPIES, W_LATER, W_MOVES, W_N, W_SIZE
from tapflow.business.devices.machine import Day as Run
from tapflow.business.devices.plan import plan_day, plan_service
from tapflow.business.devices.rules import beverages, fault_kinds, link_kinds, rules_of
from tapflow.business.devices.state import Fleet

_UNUSED = 3  # references to an array that only the list below, a loop and the question hold


def found(company: Company, day: Day) -> None:
    """The starting fleet and the people who pour."""
    standing.found(company, day)
    house.found(company, day)


def step(company: Company, day: Day) -> None:
    """One day of every device."""
    fleet = company.part(Fleet)
    standing.sync_houses(company, day)
    demand = region_day(company, day.number)
    standing.retire(company, day, demand)
    standing.order(company, day)
    standing.follow_taps(company, day)
    standing.install(company, day, demand)
    plan_service(company, day, demand)
    house.step(company, day)
    plan = plan_day(company, day, demand)
    run = _run(company, day, plan, demand)
    outcome.record(company, day, run)
    truth.tell(company, day, run)
    signals.update(company, day, run)
    fleet.active = fleet.active[fleet.devices.removed_at[fleet.active] < 0]


def _run(company: Company, day: Day, plan: NDArray[Any], demand: RegionDay) -> Run:
    """The compiled day, given more room as often as it asks; afterwards its tables are cut to size."""
    fleet, p, count = company.part(Fleet), company.scenario.devices, len(plan)
    spare = 4_000 + len(fleet.pending) + len(fleet.copies)
    room = int((plan["rate"] * demand.hours.sum(axis=1)[plan["region"]]).sum() * 1.1) + 6 * count + spare
    run = Run(
        start=day.start_seconds,
        key=day.chance.key("devices/day"),
        skew_key=company.lasting().key("devices/skew"),
        devices=fleet.devices.array,
        taps=fleet.taps.array,
        plan=plan,
        hours=demand.hours,
        summer_dc=np.rint(p.temperature.summer_dc * demand.summer).astype(np.int64),
        rules=rules_of(p),
        faults=fault_kinds(p),
        links=link_kinds(p),
        beverages=beverages(p),
        glass=np.array(p.demand.glass_ml, dtype=np.int64),
        pending=fleet.pending,
        old_copies=fleet.copies,
        out=_paper(room),
        later=np.empty(spare + room // 16, dtype=EVENT),
        copies=np.empty(spare + room // 16, dtype=EVENT),
        moves=np.empty(count + spare, dtype=MOVE),
        tally=np.zeros((count, len(TALLY)), dtype=np.int64),
        work=np.zeros(W_SIZE, dtype=np.int64),
        cumulated=np.zeros(1),
    )
    done = run_devices(run, 0)
    while done < count:
        run = _roomier(run)
        done = run_devices(run, done)
    return _cut(run)


_kept: list[NDArray[Any]] = []


def _paper(room: int) -> NDArray[Any]:
    """Room for a day's events: yesterday's memory, if nobody holds it any more.

    The first touch of fresh memory costs as much as making an event; what is in it does not matter.
    """
    free = [a for a in _kept if len(a) >= room and sys.getrefcount(a) <= _UNUSED]
    if free:
        return free[0]
    _kept[:] = [np.empty(room * 5 // 4, dtype=EVENT)]
    return _kept[0]


def _roomier(run: Run) -> Run:
    work = run.work
    return run._replace(
        out=grown(run.out, int(work[W_N]), len(run.out) * 3 // 2),
        later=grown(run.later, int(work[W_LATER]), len(run.later) * 2),
        copies=grown(run.copies, int(work[W_COPIES]), len(run.copies) * 2),
        moves=grown(run.moves, int(work[W_MOVES]), len(run.moves) * 2),
    )


def _cut(run: Run) -> Run:
    work = run.work
    return run._replace(
        out=run.out[: work[W_N]],
        later=run.later[: work[W_LATER]].copy(),
        copies=run.copies[: work[W_COPIES]].copy(),
        moves=run.moves[: work[W_MOVES]],
    )
