"""What flows through a device's taps while its condition does not change, compiled."""

from __future__ import annotations

import numpy as np

from tapflow.business.chance import mix64
from tapflow.business.devices import events as ev
from tapflow.business.devices.events import compiled, put
from tapflow.business.devices.machine import (
    DAY,
    M_KEG,
    MOST_FLOWS,
    NEVER_AT,
    T_COPIES,
    T_EMPTY,
    T_EVENTS,
    T_EXCURSIONS,
    T_KEGS,
    T_LEFT,
    T_POURS,
    T_POURS_RECEIVED,
    T_READINGS,
    T_RECEIVED,
    T_SERVE,
    T_SKEWED,
    T_TEMPERATURE,
    W_CLEAN,
    W_COPIES,
    W_DRAW,
    W_FLOWS,
    W_HOUR,
    W_N,
    W_NEXT_POUR,
    W_NEXT_READING,
    W_OFF,
    draw,
    log_normal,
    move,
    pick,
    skew_seconds,
    unit,
)  # fmt: skip
from tapflow.business.devices.state import KEGS_PER_SLOT, SLOTS

_MUL2 = np.uint64(0x94D049BB133111EB)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@compiled
def own_event(day, i, d, kind, at, skew, delay):  # type: ignore[no-untyped-def]
    """An event that the controller stamps; answers its row."""
    devices = day.devices
    devices[d].sequence += 1
    n = day.work[W_N]
    received = np.int64(-1)
    if day.work[W_OFF] < 0:
        received = min(at + delay, day.start + DAY - 1)
        day.tally[i, T_RECEIVED] += 1
    put(day.out, n, d, devices[d].boot, devices[d].sequence, kind, at + skew, received)
    day.work[W_N] = n + 1
    day.tally[i, T_EVENTS] += 1
    if skew != 0:
        day.tally[i, T_SKEWED] += 1
    return n


@compiled
def _send_again(day, i, n, bits):  # type: ignore[no-untyped-def]
    """A live event was sent twice: the copy follows at once, or hours later, or is all there is."""
    rules, out, work = day.rules[0], day.out, day.work
    u = unit(mix64(bits + _GOLDEN))
    if u < rules.copy_lost:
        out[n].again = ev.ONLY_AGAIN
        out[n].received = min(out[n].received + 30, day.start + DAY - 1)
        return
    v = unit(mix64(bits + _MUL2))
    if u > 1.0 - rules.copy_late:
        due = out[n].received + 3600 + np.int64(v * (rules.copy_late_seconds - 3600))
        if due >= day.start + DAY:
            c = work[W_COPIES]
            day.copies[c] = out[n]
            day.copies[c].again = ev.AGAIN
            day.copies[c].received = due
            work[W_COPIES] = c + 1
            return
    else:
        due = min(out[n].received + rules.copy_from + np.int64(v * rules.copy_more), day.start + DAY - 1)
    m = work[W_N]
    out[m] = out[n]
    out[m].again = ev.AGAIN
    out[m].received = due
    work[W_N] = m + 1
    day.tally[i, T_COPIES] += 1


@compiled
def _pour(day, i, d, tap, flow, volume, at, skew, bits):  # type: ignore[no-untyped-def]
    """A flow of `volume` through a tap, out of its keg."""
    out, tally = day.out, day.tally
    n = own_event(day, i, d, ev.POUR, at, skew, np.int64(bits & np.uint64(0xFF)) % day.rules[0].delay)
    out[n].tap = tap + 1
    out[n].flow = flow
    out[n].volume_ml = volume
    out[n].beverage = day.taps[d * SLOTS + tap].beverage
    if flow == ev.SERVE:
        tally[i, T_POURS] += 1
        if out[n].received >= 0:
            tally[i, T_POURS_RECEIVED] += 1
    tally[i, T_SERVE + flow] += volume
    return n


@compiled
def _plan_change(day, base, slot, at, empty):  # type: ignore[no-untyped-def]
    """When will staff change the keg that ran dry, or that they will not wait for?"""
    rules, taps = day.rules[0], day.taps
    if empty and unit(draw(day, base)) < rules.stockout_rate:
        wait = log_normal(day, base, rules.stockout_median, rules.stockout_sigma)
    else:
        wait = log_normal(day, base, rules.change_median, rules.change_sigma)
    taps[slot].change_at = at + 60 + np.int64(wait)


@compiled
def _what_flows(bits, foam, spill, glass):  # type: ignore[no-untyped-def]
    """Kind and volume of a flow, from an order's random bits."""
    share = np.float64((bits >> np.uint64(16)) & np.uint64(0xFFF)) / 4096.0
    a = np.int64((bits >> np.uint64(28)) & np.uint64(0x3F))
    b = np.int64((bits >> np.uint64(34)) & np.uint64(0x3F))
    if share < foam:
        return ev.FOAM, 60 + a + b
    if share < foam + spill:
        return ev.SPILL, 60 + 3 * (a + b)
    size = np.int64(glass[np.int64((bits >> np.uint64(40)) & np.uint64(0x7))])
    return ev.SERVE, size + (size * (a + b - 63)) // 1000


@compiled
def _after_flow(day, base, slot, at):  # type: ignore[no-untyped-def]
    """A keg ran dry or is nearly empty: has a change been planned?"""
    rules, taps = day.rules[0], day.taps
    left = taps[slot].left_ml
    if left == 0:
        taps[slot].empty_at = at
    if taps[slot].change_at >= 0:
        return False
    if left > 0 and unit(draw(day, base)) >= rules.early_rate:
        return False
    _plan_change(day, base, slot, at, left == 0)
    return True


@compiled
def _temperature(bits, base, noise, door_rate, door):  # type: ignore[no-untyped-def]
    """A reading, tenths of a degree, from random bits."""
    value = base + np.int64(bits & np.uint64(0xFFFF)) % (2 * noise + 1) - noise
    if np.float64((bits >> np.uint64(16)) & np.uint64(0xFFFF)) / 65536.0 < door_rate:
        value += np.int64((bits >> np.uint64(32)) & np.uint64(0xFFF)) % (door + 1)
    return value


@compiled
def _cooler(day, i, d):  # type: ignore[no-untyped-def]
    """What the cooler stands at, tenths of a degree: its own offset, the season, and a fault of cooling."""
    devices = day.devices
    value = day.rules[0].base_dc + devices[d].cooler_dc + day.summer_dc[day.plan[i].region]
    if devices[d].fault >= 0:
        value += day.faults[devices[d].fault].rise
    return np.int64(value)


@compiled
def _orders(day, i, d, base, now, limit, factor, skew):  # type: ignore[no-untyped-def]
    """Orders and readings before `limit`: what flows, what it does to the keg. Stops when a keg change is planned.

    The one loop that runs for every event: everything it needs lies in locals, and it calls only
    functions of numbers, but for the rare cases. `factor` is the share of orders that still flow.
    """
    work, out, taps, tally, hours = day.work, day.out, day.taps, day.tally, day.hours
    rate, region, foam, staff = day.plan[i].rate, day.plan[i].region, day.plan[i].foam, day.plan[i].staff
    spill, delay, copies = day.rules[0].spill_share, day.rules[0].delay, day.rules[0].copy_rate
    early = day.rules[0].early_share
    boot, sequence, tap_count = day.devices[d].boot, day.devices[d].sequence, day.devices[d].tap_count
    n, draws, hour, at = work[W_N], work[W_DRAW], work[W_HOUR], work[W_NEXT_POUR]
    online, last = work[W_OFF] < 0, day.start + DAY - 1
    cumulated, flows, served, readings, planned = day.cumulated[0], 0, 0, 0, False
    reading_at, step, cooler = work[W_NEXT_READING], day.rules[0].reading_seconds, _cooler(day, i, d)
    noise, door_rate, door = day.rules[0].noise_dc, day.rules[0].door_rate, day.rules[0].door_dc
    low, high = day.rules[0].low_dc, day.rules[0].high_dc
    while not planned and (at < limit or reading_at < limit):
        if reading_at <= at:
            if reading_at >= now:
                draws += 1
                value = _temperature(mix64(base + np.uint64(draws) * _MUL2), cooler, noise, door_rate, door)
                sequence += 1
                received = min(reading_at + 1, last) if online else np.int64(-1)
                put(out, n, d, boot, sequence, ev.TEMPERATURE, reading_at + skew, received)
                out[n].temperature_dc = value
                n += 1
                readings += 1
                tally[i, T_TEMPERATURE] += value
                tally[i, T_EXCURSIONS] += value < low or value > high
            reading_at += step
            continue
        draws += 1
        bits = mix64(base + np.uint64(draws) * _MUL2)
        tap = np.int64((bits & np.uint64(0xFFFF)) * np.uint64(tap_count) >> np.uint64(16))
        slot = d * SLOTS + tap
        flowing = at >= now and taps[slot].empty_at < 0
        if factor < 1.0 and np.float64((bits >> np.uint64(48)) & np.uint64(0xFFF)) / 4096.0 >= factor:
            flowing = False
        if flowing:
            flow, volume = _what_flows(bits, foam, spill, day.glass)
            volume = min(volume, np.int64(taps[slot].left_ml))
            sequence += 1
            received = np.int64(-1)
            if online:
                received = min(at + np.int64(bits >> np.uint64(56)) % delay, last)
            put(out, n, d, boot, sequence, ev.POUR, at + skew, received)
            out[n].tap = tap + 1
            out[n].flow = flow
            out[n].volume_ml = volume
            out[n].beverage = taps[slot].beverage
            out[n].badge = 1 + np.int64((bits >> np.uint64(43)) & np.uint64(0x1F)) % staff
            n += 1
            flows += 1
            served += flow == ev.SERVE
            tally[i, T_SERVE + flow] += volume
            taps[slot].left_ml -= volume
            work[W_N], work[W_DRAW] = n, draws
            again = mix64(bits + np.uint64(0x51ED))
            # A skewed clock and a second sending never meet: either time of a message is then its time.
            if online and skew == 0 and unit(again) < copies:
                _send_again(day, i, n - 1, again)
                n = work[W_N]
            if taps[slot].left_ml < early * taps[slot].size_ml:
                planned = _after_flow(day, base, slot, at)
                draws = work[W_DRAW]
        draws += 1
        cumulated += -np.log(1.0 - unit(mix64(base + np.uint64(draws) * _MUL2))) / rate
        while hour < 24 and cumulated >= hours[region, hour]:
            cumulated -= hours[region, hour]
            hour += 1
        at = np.int64(NEVER_AT)
        if hour < 24 and work[W_FLOWS] + flows < MOST_FLOWS:
            at = day.start + hour * 3600 + min(np.int64(cumulated / hours[region, hour] * 3600.0), 3599)
    day.cumulated[0], day.devices[d].sequence = cumulated, sequence
    work[W_N], work[W_DRAW], work[W_HOUR], work[W_NEXT_POUR] = n, draws, hour, at
    work[W_FLOWS] += flows
    work[W_NEXT_READING] = reading_at
    tally[i, T_POURS] += served
    tally[i, T_READINGS] += readings
    tally[i, T_EVENTS] += flows + readings
    if online:
        tally[i, T_RECEIVED] += flows + readings
        tally[i, T_POURS_RECEIVED] += served
    if skew != 0:
        tally[i, T_SKEWED] += flows + readings
    return planned


@compiled
def _change_keg(day, i, d, base, tap, at, skew):  # type: ignore[no-untyped-def]
    """Staff tap a new keg: what is left in the old one is waste."""
    rules, taps, out, tally = day.rules[0], day.taps, day.out, day.tally
    slot = d * SLOTS + tap
    left = taps[slot].left_ml
    waited = at - taps[slot].empty_at if taps[slot].empty_at >= 0 else 0
    before = taps[slot].beverage
    if unit(draw(day, base)) < rules.rotate_rate:
        taps[slot].beverage = pick(day.beverages, unit(draw(day, base)))
    taps[slot].kegs += 1
    taps[slot].size_ml = day.beverages[taps[slot].beverage].keg_ml
    taps[slot].left_ml = taps[slot].size_ml
    keg = np.int64(slot) * KEGS_PER_SLOT + taps[slot].kegs
    n = own_event(day, i, d, ev.KEG_CHANGE, at, skew, 1)
    out[n].tap = tap + 1
    out[n].volume_ml = left
    out[n].keg = keg
    out[n].empty_seconds = waited
    out[n].beverage = taps[slot].beverage
    tally[i, T_KEGS] += 1
    tally[i, T_LEFT] += left
    tally[i, T_EMPTY] += waited
    move(day, M_KEG, d, at, taps[slot].tapped_at, before, slot, left, keg, taps[slot].beverage)
    taps[slot].tapped_at = at
    taps[slot].empty_at = -1
    taps[slot].change_at = -1


@compiled
def _clean(day, i, d, at, skew):  # type: ignore[no-untyped-def]
    """Lines are flushed: a flow of kind clean at every tap that has a keg running."""
    taps = day.taps
    for tap in range(day.devices[d].tap_count):
        slot = d * SLOTS + tap
        volume = min(np.int64(day.rules[0].clean_ml), np.int64(taps[slot].left_ml) - 1)
        if taps[slot].empty_at < 0 and volume > 0:
            _pour(day, i, d, tap, ev.CLEAN, volume, at, skew, np.uint64(1))
            taps[slot].left_ml -= volume


@compiled
def is_silent(devices, faults, links, d):  # type: ignore[no-untyped-def]
    """Does nothing flow, nothing get measured, while the device is as it is?"""
    if devices[d].service:
        return True
    if devices[d].fault >= 0 and faults[devices[d].fault].silent:
        return True
    if not devices[d].link:
        kind = devices[d].link_kind
        return kind < 0 or links[kind].silent
    return False


@compiled
def _due_keg(taps, d, count):  # type: ignore[no-untyped-def]
    """The tap whose keg is changed next, and when."""
    found, when = -1, np.int64(NEVER_AT)
    for tap in range(count):
        at = taps[d * SLOTS + tap].change_at
        if 0 <= at < when:
            found, when = tap, at
    return found, when


@compiled
def run_until(day, i, d, base, now, stop):  # type: ignore[no-untyped-def]
    """Orders, readings, keg changes and cleaning in [now, stop), the device's condition unchanged."""
    work, devices = day.work, day.devices
    skew = skew_seconds(day.skew_key, day.rules[0].skew_rate, day.rules[0].skew_max, d, devices[d].boot)
    silent = is_silent(devices, day.faults, day.links, d)
    factor = 1.0 if devices[d].fault < 0 else day.faults[devices[d].fault].factor
    while True:
        tap, keg_at = _due_keg(day.taps, d, devices[d].tap_count)
        keg_at = NEVER_AT if silent else max(keg_at, now)
        event_at = min(work[W_CLEAN], keg_at)
        if _orders(day, i, d, base, NEVER_AT if silent else now, min(stop, event_at), factor, skew):
            continue
        if event_at >= stop:
            return
        if event_at == keg_at:
            _change_keg(day, i, d, base, tap, event_at, skew)
        else:
            work[W_CLEAN] = NEVER_AT
            if not silent and event_at >= now:
                _clean(day, i, d, event_at, skew)
