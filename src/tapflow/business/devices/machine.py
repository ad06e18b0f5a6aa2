"""A day of every controller: the memory that the compiled loop works on, and its draws.

One pass over the installed devices. A device's day is a merge of three ordered streams: changes
of its condition (offline spells, faults, repairs, visits, updates, removal), readings and keg
changes at set times, and pours, whose gaps are exponential in the accumulated rate of the
region's hours. Draws come from the device's own counter, so devices do not depend on each other.

Timing rules, shared with the warehouse and the ledger:
* connects and disconnects carry the gateway's clock and are received at once; a disconnect has
  the number after the last one seen, which the controller skips;
* other events carry the controller's clock (the true time plus the skew of its boot); made
  without a link they are received after the next connect;
* up is from a connect to the next disconnect or fault in order of boot and sequence.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tapflow.business.chance import mix64
from tapflow.business.devices.events import compiled, put
from tapflow.core.clock import SECONDS_PER_DAY

Array = NDArray[Any]

DAY = SECONDS_PER_DAY
NEVER_AT = 1 << 60
ROOM = 1_500  # events that a device-day may add: flows are capped below it
MOST_FLOWS = 1_000

# What happened to a device (Moves.what).
M_FAULT, M_REPAIRED, M_OFFLINE, M_REMOVED, M_UPDATED, M_KEG, M_VISIT, M_REPLACED, M_CONNECTED = range(9)

# Columns of the tally, one row a device of the day.
TALLY = (
    "pours", "serve_ml", "foam_ml", "spill_ml", "clean_ml", "leftover_ml", "readings", "excursions",
    "temperature_dc", "keg_changes", "empty_seconds", "faults", "events",
    "up_seconds", "monitored_seconds", "events_received", "pours_received", "copies_received", "skewed_events",
)  # fmt: skip
(
    T_POURS, T_SERVE, T_FOAM, T_SPILL, T_CLEAN, T_LEFT, T_READINGS, T_EXCURSIONS,
    T_TEMPERATURE, T_KEGS, T_EMPTY, T_FAULTS, T_EVENTS,
    T_UP, T_MONITORED, T_RECEIVED, T_POURS_RECEIVED, T_COPIES, T_SKEWED,
) = range(len(TALLY))  # fmt: skip

# Slots of the working memory.
W_N, W_OFF, W_DRAW, W_NEXT_POUR, W_HOUR, W_NEXT_READING, W_CLEAN, W_MOVES, W_LATER, W_COPIES, W_FLOWS = range(11)
W_PENDING, W_OLD_COPIES, W_STAMP = 11, 12, 13
W_SIZE = 14

_MUL2 = np.uint64(0x94D049BB133111EB)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_UNIT = 1.0 / 9007199254740992.0


# Rows of the loop's tables. Records rather than columns: a handful of arrays compiles in seconds,
# a hundred of them in minutes, and a device's fields lie together.
PLAN = np.dtype(
    [
        ("device", "i8"),
        ("region", "i8"),
        ("rate", "f8"),  # flows a day at region weight 1
        ("hazard", "f8"),  # faults a day
        ("offline_rate", "f8"),  # spells a day
        ("foam", "f8"),  # share of flows
        ("staff", "i8"),  # badges
        ("update_at", "i8"),  # -1: no update today
        ("new_firmware", "i8"),
        ("clean_at", "i8"),  # -1: not today
        ("utc_offset", "i8"),  # seconds, of the location's zone today
    ]
)
FAULT_KIND = np.dtype(
    [("edge", "f8"), ("factor", "f8"), ("silent", "i8"), ("remote", "f8"), ("replace", "f8"), ("rise", "i8")]
)
LINK_KIND = np.dtype([("edge", "f8"), ("median", "f8"), ("sigma", "f8"), ("reboots", "i8"), ("silent", "i8")])
BEVERAGE = np.dtype([("edge", "f8"), ("keg_ml", "i8")])
MOVE = np.dtype(
    [
        ("what", "i8"),
        ("device", "i8"),
        ("at", "i8"),
        ("begin", "i8"),
        ("kind", "i8"),
        ("slot", "i8"),
        ("amount", "i8"),
        ("keg", "i8"),
        ("beverage", "i8"),
    ]
)
# The scenario's single numbers; times in seconds.
RULES = np.dtype(
    [
        ("spill_share", "f8"),
        ("early_share", "f8"),
        ("early_rate", "f8"),
        ("change_median", "f8"),
        ("change_sigma", "f8"),
        ("stockout_rate", "f8"),
        ("stockout_median", "f8"),
        ("stockout_sigma", "f8"),
        ("rotate_rate", "f8"),
        ("clean_ml", "i8"),
        ("reading_seconds", "i8"),
        ("base_dc", "i8"),
        ("noise_dc", "i8"),
        ("door_rate", "f8"),
        ("door_dc", "i8"),
        ("low_dc", "i8"),
        ("high_dc", "i8"),
        ("reactive_median", "f8"),
        ("reactive_sigma", "f8"),
        ("reactive_length", "f8"),
        ("visit_sigma", "f8"),
        ("remote_median", "f8"),
        ("remote_sigma", "f8"),
        ("planned_renewal", "f8"),
        ("reactive_renewal", "f8"),
        ("delay", "i8"),
        ("copy_rate", "f8"),
        ("copy_late", "f8"),
        ("copy_late_seconds", "i8"),
        ("copy_lost", "f8"),
        ("copy_from", "i8"),
        ("copy_more", "f8"),
        ("skew_rate", "f8"),
        ("skew_max", "i8"),
        ("update_seconds", "i8"),
    ]
)


class Day(NamedTuple):
    """Everything that a device's day reads and writes; arrays of records but for the last ones."""

    start: int
    key: np.uint64
    skew_key: np.uint64
    devices: Array  # state.DEVICE
    taps: Array  # state.TAP, SLOTS rows a device
    plan: Array  # PLAN
    hours: Array  # (regions, 24): weight of each UTC hour, sums to the day's factor
    summer_dc: Array  # by region
    rules: Array  # RULES, one row
    faults: Array  # FAULT_KIND
    links: Array  # LINK_KIND
    beverages: Array  # BEVERAGE
    glass: Array  # ml
    pending: Array  # events.EVENT: made offline on earlier days
    old_copies: Array  # second sendings of earlier days
    out: Array
    later: Array  # made offline, still not received
    copies: Array  # second sendings, still not received
    moves: Array  # MOVE
    tally: Array  # (devices of the plan, TALLY)
    work: Array  # whole numbers, W_*
    cumulated: Array  # one float: the rate accumulated by the next pour


@compiled
def draw(day, base):  # type: ignore[no-untyped-def]
    """The device's next 64 random bits."""
    day.work[W_DRAW] += 1
    return mix64(base + np.uint64(day.work[W_DRAW]) * _MUL2)


@compiled
def unit(bits):  # type: ignore[no-untyped-def]
    """Random bits as a number in [0, 1)."""
    return np.float64(bits >> np.uint64(11)) * _UNIT


@compiled
def log_normal(day, base, median, sigma):  # type: ignore[no-untyped-def]
    """A log-normal draw with the given median."""
    u = max(unit(draw(day, base)), 1e-16)
    v = unit(draw(day, base))
    return median * np.exp(sigma * np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v))


@compiled
def pick(kinds, u):  # type: ignore[no-untyped-def]
    """The kind that a number in [0, 1) falls upon, by the kinds' edges."""
    k = 0
    while k < kinds.shape[0] - 1 and kinds[k].edge <= u:
        k += 1
    return k


@compiled
def skew_seconds(skew_key, rate, most, device, boot):  # type: ignore[no-untyped-def]
    """By how much the clock of a boot is wrong: a lasting trait of (device, boot)."""
    bits = mix64(mix64(skew_key + np.uint64(device) * _GOLDEN) + np.uint64(boot) * _MUL2)
    if unit(bits) >= rate:
        return 0
    return np.int64(unit(mix64(bits + _GOLDEN)) * (2 * most + 1)) - most


@compiled
def move(day, what, device, at, begin, kind, slot, amount, keg, beverage):  # type: ignore[no-untyped-def]
    """Note a change of a device's condition for those who learn of it after the day."""
    moves, n = day.moves, day.work[W_MOVES]
    moves[n].what = what
    moves[n].device = device
    moves[n].at = at
    moves[n].begin = begin
    moves[n].kind = kind
    moves[n].slot = slot
    moves[n].amount = amount
    moves[n].keg = keg
    moves[n].beverage = beverage
    day.work[W_MOVES] = n + 1


@compiled
def gateway_event(day, i, d, kind, at):  # type: ignore[no-untyped-def]
    """An event that the gateway stamps: received at once, never lost, never repeated."""
    devices = day.devices
    devices[d].sequence += 1
    n = day.work[W_N]
    put(day.out, n, d, devices[d].boot, devices[d].sequence, kind, at, at)
    day.work[W_N] = n + 1
    day.tally[i, T_EVENTS] += 1
    day.tally[i, T_RECEIVED] += 1
