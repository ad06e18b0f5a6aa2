"""How a device's condition changes within a day, compiled: links, faults, visits, updates, removal."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np

from tapflow.business.chance import mix64
from tapflow.business.devices import events as ev
from tapflow.business.devices.events import compiled
from tapflow.business.devices.flows import own_event, run_until
from tapflow.business.devices.machine import (
    DAY,
    M_CONNECTED,
    M_FAULT,
    M_OFFLINE,
    M_REMOVED,
    M_REPAIRED,
    M_REPLACED,
    M_UPDATED,
    M_VISIT,
    NEVER_AT,
    ROOM,
    T_COPIES,
    T_FAULTS,
    T_MONITORED,
    T_POURS_RECEIVED,
    T_RECEIVED,
    T_UP,
    W_CLEAN,
    W_COPIES,
    W_DRAW,
    W_FLOWS,
    W_HOUR,
    W_LATER,
    W_MOVES,
    W_N,
    W_NEXT_POUR,
    W_NEXT_READING,
    W_OFF,
    W_OLD_COPIES,
    W_PENDING,
    W_STAMP,
    draw,
    gateway_event,
    log_normal,
    move,
    pick,
    skew_seconds,
    unit,
)  # fmt: skip
from tapflow.business.devices.machine import Day as Run

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_WORK_BEGIN, _WORK_LENGTH = 8 * 3600, 9 * 3600  # technicians' local day, seconds
_LOST = -2  # `received` of an event that will never be
C_NONE, C_REMOVE, C_SERVICE_BEGIN, C_SERVICE_END, C_REPAIR, C_FAULT, C_OFFLINE, C_LINK, C_UPDATE = range(9)


@compiled
def _end_up(day, i, d, at):  # type: ignore[no-untyped-def]
    devices = day.devices
    if devices[d].up_since >= 0:
        day.tally[i, T_UP] += at - max(devices[d].up_since, day.start)
        devices[d].up_since = -1


@compiled
def _lose_link(day, i, d, at, kind, until, reboots):  # type: ignore[no-untyped-def]
    """The gateway notes a disconnect; from here on events wait in the controller."""
    devices = day.devices
    if not devices[d].link:
        return
    gateway_event(day, i, d, ev.DISCONNECT, at)
    _end_up(day, i, d, at)
    devices[d].link = False
    devices[d].link_kind = kind
    devices[d].link_lost_at = at
    devices[d].link_until = until
    devices[d].link_reboots = reboots
    day.work[W_OFF] = day.work[W_N]


@compiled
def _connect(day, i, d, at):  # type: ignore[no-untyped-def]
    """The link returns: what waited is received in order, then the device is up."""
    devices, out, work = day.devices, day.out, day.work
    if work[W_OFF] >= 0:
        for n in range(work[W_OFF], work[W_N]):
            out[n].received = min(at + 1 + (n - work[W_OFF]) // 20, day.start + DAY - 1)
            day.tally[i, T_RECEIVED] += 1
            if out[n].type == ev.POUR and out[n].flow == ev.SERVE:
                day.tally[i, T_POURS_RECEIVED] += 1
    work[W_OFF] = -1
    if not devices[d].link and devices[d].link_kind >= 0:
        move(day, M_OFFLINE, d, at, devices[d].link_lost_at, devices[d].link_kind, -1, 0, 0, 0)
    if devices[d].link_reboots:
        devices[d].boot += 1
        devices[d].sequence = 0
        devices[d].link_reboots = False
    devices[d].link = True
    devices[d].link_until = -1
    gateway_event(day, i, d, ev.CONNECT, at)
    devices[d].up_since = at
    move(day, M_CONNECTED, d, at, -1, 0, -1, 0, 0, 0)


@compiled
def _go_offline(day, i, d, base, at):  # type: ignore[no-untyped-def]
    kind = pick(day.links, unit(draw(day, base)))
    length = log_normal(day, base, day.links[kind].median, day.links[kind].sigma)
    _lose_link(day, i, d, at, kind, at + 20 + np.int64(length), day.links[kind].reboots)


@compiled
def _working_hours(at, offset, u):  # type: ignore[no-untyped-def]
    """The same instant if technicians work then, else some time of the next working day."""
    local = (at + offset) % DAY
    if local < _WORK_BEGIN:
        return at - local + _WORK_BEGIN + np.int64(u * _WORK_LENGTH)
    if local > _WORK_BEGIN + _WORK_LENGTH:
        return at - local + DAY + _WORK_BEGIN + np.int64(u * _WORK_LENGTH)
    return at


@compiled
def _fail(day, i, d, base, at):  # type: ignore[no-untyped-def]
    """A fault: its kind, and when it will be mended, from afar or by a visit."""
    devices, rules = day.devices, day.rules[0]
    kind = pick(day.faults, unit(draw(day, base)))
    skew = skew_seconds(day.skew_key, rules.skew_rate, rules.skew_max, d, devices[d].boot)
    n = own_event(day, i, d, ev.FAULT, at, skew, 0)
    day.out[n].code = kind
    _end_up(day, i, d, at)
    devices[d].fault = kind
    devices[d].fault_at = at
    devices[d].replace = False
    if unit(draw(day, base)) < day.faults[kind].remote:
        devices[d].visit_at = -1
        devices[d].repair_at = at + 120 + np.int64(log_normal(day, base, rules.remote_median, rules.remote_sigma))
    else:
        arrival = at + 1800 + np.int64(log_normal(day, base, rules.reactive_median, rules.reactive_sigma))
        devices[d].visit_at = _working_hours(arrival, day.plan[i].utc_offset, unit(draw(day, base)))
        length = np.int64(log_normal(day, base, rules.reactive_length, rules.visit_sigma))
        devices[d].repair_at = devices[d].visit_at + 300 + length
        devices[d].replace = unit(draw(day, base)) < day.faults[kind].replace
    day.tally[i, T_FAULTS] += 1
    move(day, M_FAULT, d, at, devices[d].repair_at, kind, -1, 0, 0, 0)


@compiled
def _renew(day, d, share):  # type: ignore[no-untyped-def]
    today = np.float64(day.start // DAY)
    day.devices[d].renewed_day += share * (today - day.devices[d].renewed_day)


@compiled
def _remove(day, i, d, at):  # type: ignore[no-untyped-def]
    """Unplugged for good: what waited in the controller is lost with it."""
    devices, work = day.devices, day.work
    _lose_link(day, i, d, at, ev.LINK_SERVICE, -1, False)
    _end_up(day, i, d, at)
    for n in range(work[W_OFF], work[W_N]):
        if day.out[n].lag == 0:
            day.later[work[W_LATER]] = day.out[n]
            day.later[work[W_LATER]].received = _LOST
            work[W_LATER] += 1
    work[W_N] = work[W_OFF]
    work[W_OFF] = -1
    devices[d].removed_at = at
    devices[d].updated_at = at
    move(day, M_REMOVED, d, at, -1, 0, -1, 0, 0, 0)


@compiled
def _repair(day, i, d, at):  # type: ignore[no-untyped-def]
    """The fault is over: mended and restarted, or the device exchanged."""
    devices, kind = day.devices, day.devices[d].fault
    visited = devices[d].visit_at >= 0
    if visited:
        move(day, M_VISIT, d, at, devices[d].visit_at, kind, -1, 1 if devices[d].replace else 0, 0, 0)
    if devices[d].replace:
        _remove(day, i, d, at)
        move(day, M_REPLACED, d, at, devices[d].fault_at, kind, -1, 0, 0, 0)
        return
    move(day, M_REPAIRED, d, at, devices[d].fault_at, kind, -1, 1 if visited else 0, 0, 0)
    if visited:
        _renew(day, d, day.rules[0].reactive_renewal)
    devices[d].fault = -1
    devices[d].link_reboots = True
    _connect(day, i, d, at)


@compiled
def _end_service(day, i, d, at):  # type: ignore[no-untyped-def]
    """A planned visit ends: mended if it was broken, renewed, restarted."""
    devices = day.devices
    move(day, M_VISIT, d, at, devices[d].service_at, -1, -1, 0, 0, 0)
    if devices[d].fault >= 0:
        move(day, M_REPAIRED, d, at, devices[d].fault_at, devices[d].fault, -1, 1, 0, 0)
        devices[d].fault = -1
    _renew(day, d, day.rules[0].planned_renewal)
    day.tally[i, T_MONITORED] -= at - devices[d].service_at
    devices[d].service = False
    devices[d].service_at = -1
    devices[d].service_end = -1
    devices[d].link_reboots = True
    _connect(day, i, d, at)


@compiled
def _update(day, i, d, at):  # type: ignore[no-untyped-def]
    """A new firmware is installed; the controller restarts with it."""
    devices = day.devices
    skew = skew_seconds(day.skew_key, day.rules[0].skew_rate, day.rules[0].skew_max, d, devices[d].boot)
    n = own_event(day, i, d, ev.FIRMWARE_UPDATE, at, skew, 0)
    day.out[n].firmware = day.plan[i].new_firmware
    devices[d].firmware = day.plan[i].new_firmware
    devices[d].updated_at = at
    move(day, M_UPDATED, d, at, -1, day.plan[i].new_firmware, -1, 0, 0, 0)
    _lose_link(day, i, d, at + 1, ev.LINK_UPDATE, at + 1 + day.rules[0].update_seconds, True)


@compiled
def _next_change(day, i, d, now, fault_at, offline_at):  # type: ignore[no-untyped-def]
    """What changes the device's condition next, and when."""
    devices = day.devices
    if devices[d].service:
        return devices[d].service_end, C_SERVICE_END
    when, what = np.int64(NEVER_AT), C_NONE
    if devices[d].remove_at >= 0:
        when, what = devices[d].remove_at, C_REMOVE
    if 0 <= devices[d].service_at < when:
        when, what = devices[d].service_at, C_SERVICE_BEGIN
    if devices[d].fault >= 0:
        if devices[d].repair_at < when:
            when, what = devices[d].repair_at, C_REPAIR
        return max(when, now), what
    if fault_at < when:
        when, what = fault_at, C_FAULT
    if devices[d].link:
        if offline_at < when:
            when, what = offline_at, C_OFFLINE
        if now <= day.plan[i].update_at < when:
            when, what = day.plan[i].update_at, C_UPDATE
    elif 0 <= devices[d].link_until < when:
        when, what = devices[d].link_until, C_LINK
    return max(when, now), what


@compiled
def _apply(day, i, d, base, what, at):  # type: ignore[no-untyped-def]
    if what == C_REMOVE:
        _remove(day, i, d, at)
    elif what == C_SERVICE_BEGIN:
        _lose_link(day, i, d, at, ev.LINK_SERVICE, -1, True)
        _end_up(day, i, d, at)
        day.devices[d].service = True
        day.devices[d].service_at = at
    elif what == C_SERVICE_END:
        _end_service(day, i, d, at)
    elif what == C_REPAIR:
        _repair(day, i, d, at)
    elif what == C_FAULT:
        _fail(day, i, d, base, at)
    elif what == C_OFFLINE:
        _go_offline(day, i, d, base, at)
    elif what == C_LINK:
        _connect(day, i, d, at)
    else:
        _update(day, i, d, at)


@compiled
def _waiting(day, i, d):  # type: ignore[no-untyped-def]
    """Take up what earlier days left: second sendings that arrive today, and events not yet received."""
    work, out, old, waiting = day.work, day.out, day.old_copies, day.pending
    while work[W_OLD_COPIES] < old.shape[0] and old[work[W_OLD_COPIES]].device <= d:
        c = work[W_OLD_COPIES]
        if old[c].device == d and old[c].received < day.start + DAY:
            out[work[W_N]] = old[c]
            out[work[W_N]].lag += 1
            work[W_N] += 1
            day.tally[i, T_COPIES] += 1
        elif old[c].device == d:
            day.copies[work[W_COPIES]] = old[c]
            day.copies[work[W_COPIES]].lag += 1
            work[W_COPIES] += 1
        work[W_OLD_COPIES] += 1
    work[W_OFF] = -1 if day.devices[d].link else work[W_N]
    while work[W_PENDING] < waiting.shape[0] and waiting[work[W_PENDING]].device <= d:
        if waiting[work[W_PENDING]].device == d:
            out[work[W_N]] = waiting[work[W_PENDING]]
            out[work[W_N]].lag += 1
            work[W_N] += 1
        work[W_PENDING] += 1


@compiled
def _close(day, i, d):  # type: ignore[no-untyped-def]
    """The day's end: count what is up and monitored, and keep what was not received."""
    devices, work, end = day.devices, day.work, day.start + DAY
    until = devices[d].removed_at if devices[d].removed_at >= 0 else end
    day.tally[i, T_MONITORED] += until - max(devices[d].installed_at, day.start)
    if devices[d].up_since >= 0:
        day.tally[i, T_UP] += end - max(devices[d].up_since, day.start)
    if work[W_OFF] >= 0:
        for n in range(work[W_OFF], work[W_N]):
            day.later[work[W_LATER]] = day.out[n]
            work[W_LATER] += 1
        work[W_N] = work[W_OFF]


@compiled
def _device_day(day, i):  # type: ignore[no-untyped-def]
    devices, plan, work = day.devices, day.plan, day.work
    d, end = plan[i].device, day.start + DAY
    base = mix64(day.key + np.uint64(d) * _GOLDEN)
    work[W_DRAW], work[W_HOUR], work[W_FLOWS] = 0, 0, 0
    day.cumulated[0] = 0.0
    _waiting(day, i, d)
    now = max(day.start, devices[d].installed_at)
    step = day.rules[0].reading_seconds
    work[W_NEXT_READING] = day.start + (d * 7919) % step
    work[W_CLEAN] = plan[i].clean_at if plan[i].clean_at >= 0 else NEVER_AT
    work[W_NEXT_POUR] = -1  # none yet: the first look draws it
    fault_at = now + np.int64(min(-np.log(1.0 - unit(draw(day, base))) / plan[i].hazard, 1e6) * DAY)
    gap = -np.log(1.0 - unit(draw(day, base))) / plan[i].offline_rate
    offline_at = now + np.int64(min(gap, 1e6) * DAY)
    while True:
        at, what = _next_change(day, i, d, now, fault_at, offline_at)
        run_until(day, i, d, base, now, min(at, end))
        if at >= end:
            break
        _apply(day, i, d, base, what, at)
        now = at
        if devices[d].removed_at >= 0:
            break
        if what == C_FAULT:
            fault_at = NEVER_AT
        if offline_at <= at:
            gap = -np.log(1.0 - unit(draw(day, base))) / plan[i].offline_rate
            offline_at = at + np.int64(min(gap, 1e6) * DAY)
    _close(day, i, d)


def _sources_stamp() -> int:
    """A number that changes with the text of any module of the loop."""
    here = Path(__file__).parent
    texts = [(here / f"{name}.py").read_bytes() for name in ("events", "machine", "flows", "conditions")]
    return zlib.crc32(b"".join([*texts, (here.parent / "chance.py").read_bytes()]))


def _loop(stamp: int) -> Callable[[Run, int], int]:
    # The stamp is part of the key under which numba keeps the compiled function: what it calls
    # is compiled into it, and numba would not notice that a callee has changed.
    @numba.njit(cache=True, nogil=True, _nrt=False)
    def run(day, first):  # type: ignore[no-untyped-def]
        work, count = day.work, day.plan.shape[0]
        work[W_STAMP] = stamp
        spare = ROOM + day.pending.shape[0] + day.old_copies.shape[0]
        for i in range(first, count):
            room = min(day.out.shape[0] - work[W_N], day.later.shape[0] - work[W_LATER])
            room = min(room, day.copies.shape[0] - work[W_COPIES])
            if room < spare or day.moves.shape[0] - work[W_MOVES] < ROOM:
                return i
            _device_day(day, i)
        return count

    return run  # type: ignore[no-any-return]


run_devices = _loop(_sources_stamp())
"""Run the day of the devices from the given one of the plan on.

Answers the number of devices done; less than all when `out`, `later`, `copies` or `moves` have no
room for another one: give more and go on.
"""
