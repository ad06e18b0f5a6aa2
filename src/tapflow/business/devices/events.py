"""What a controller sends: the columns of a batch of events, and their codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba.types import unliteral
from numpy.typing import NDArray

Array = NDArray[Any]

# Kinds of events, in the order of EVENT_NAMES.
CONNECT, DISCONNECT, POUR, TEMPERATURE, KEG_CHANGE, FAULT, FIRMWARE_UPDATE = range(7)
EVENT_NAMES = ("connect", "disconnect", "pour", "temperature", "keg_change", "fault", "firmware_update")

# Kinds of flow, in the order of FLOW_NAMES.
SERVE, FOAM, SPILL, CLEAN = range(4)
FLOW_NAMES = ("serve", "foam", "spill", "clean")

# Why a link is down, beside the rows of scenario.devices.offline.
LINK_UPDATE, LINK_SERVICE, LINK_NEW = -2, -3, -4

NO_TEMPERATURE = -32_768  # of an event that is no reading

# How an event was sent.
ONCE, AGAIN, ONLY_AGAIN = 0, 1, 2

# The loop's functions allocate nothing, so reference counting is switched off (`_nrt`): counting
# the arrays of a call up and down took ten times as long as the work.
# Only the outermost function is kept on disk (see conditions.py): numba would not notice that a
# kept function's callees have changed.
_compile = numba.njit(nogil=True, _nrt=False)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function of the loop, once for all constants that it is called with.

    Left to itself numba compiles it anew for every constant that is handed over, for nothing.
    """
    made = _compile(function)
    template = made.get_call_template
    made.get_call_template = lambda args, names: template(
        tuple(unliteral(a) for a in args), {k: unliteral(v) for k, v in names.items()}
    )
    return made


# A batch of events is an array of these, sorted by device, boot and sequence; -1 stands for a
# field that an event lacks (NO_TEMPERATURE for that one). `device` is a row of the fleet; `at` the
# instant as the controller's clock tells it and `received` as the gateway's does, epoch seconds
# (-1: not yet); `again` one of ONCE, AGAIN, ONLY_AGAIN; `volume_ml` of a flow, or what was left in
# a changed keg; `lag` days from the true day of the event to the batch's.
EVENT = np.dtype(
    [
        ("at", "i8"),
        ("received", "i8"),
        ("keg", "i8"),
        ("device", "i4"),
        ("boot", "i4"),
        ("sequence", "i4"),
        ("volume_ml", "i4"),
        ("empty_seconds", "i4"),
        ("temperature_dc", "i2"),
        ("beverage", "i2"),
        ("firmware", "i2"),
        ("lag", "i2"),
        ("type", "i1"),
        ("again", "i1"),
        ("tap", "i1"),
        ("flow", "i1"),
        ("badge", "i1"),
        ("code", "i1"),
    ],
    align=True,
)


def no_events() -> Array:
    """A batch of none."""
    return np.empty(0, dtype=EVENT)


def grown(rows: Array, used: int, size: int) -> Array:
    """Room for `size` records, the first `used` taken over."""
    bigger = np.empty(size, dtype=rows.dtype)
    bigger[:used] = rows[:used]
    return bigger


@compiled
def put(out, n, device, boot, sequence, kind, at, received):  # type: ignore[no-untyped-def]
    """Write event `n` with everything beyond its head absent."""
    out[n].device = device
    out[n].boot = boot
    out[n].sequence = sequence
    out[n].type = kind
    out[n].at = at
    out[n].received = received
    out[n].again = 0
    out[n].tap = -1
    out[n].flow = -1
    out[n].volume_ml = -1
    out[n].badge = -1
    out[n].temperature_dc = NO_TEMPERATURE
    out[n].keg = -1
    out[n].empty_seconds = -1
    out[n].beverage = -1
    out[n].code = -1
    out[n].firmware = -1
    out[n].lag = 0
