"""The fleet's memory: devices, their taps, and what is still to be done to them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.columns import Table
from tapflow.business.devices.events import no_events

SLOTS = 6  # tap positions kept per device; a device's first slot is its row times this
WINDOW_DAYS = 28  # how far the customers' signals look back
KEGS_PER_SLOT = 100_000  # a keg's number is its slot times this plus its order at the slot

DEVICE = np.dtype(
    [
        ("location", "i8"),
        ("account", "i8"),
        ("model", "i1"),
        ("installed_at", "i8"),
        ("removed_at", "i8"),  # -1 while installed
        ("remove_at", "i8"),  # planned removal, -1 if none
        ("tap_count", "i1"),
        ("firmware", "i2"),  # release number, row of the release list
        ("boot", "i4"),
        ("sequence", "i4"),
        ("link", "i1"),  # connected to the gateway
        ("link_kind", "i1"),  # why not: row of scenario.devices.offline, or one of events.LINK_*
        ("link_lost_at", "i8"),
        ("link_until", "i8"),  # when it comes back, -1 if unknown
        ("link_reboots", "i1"),
        ("fault", "i1"),  # row of scenario.devices.faults, -1 when sound
        ("fault_at", "i8"),
        ("visit_at", "i8"),  # technician's arrival for the fault, -1 when mended from afar
        ("repair_at", "i8"),
        ("replace", "i1"),  # the visit ends with an exchange
        ("service", "i1"),  # in a planned visit now
        ("service_at", "i8"),  # planned visit: begin and end, -1 if none
        ("service_end", "i8"),
        ("up_since", "i8"),  # -1 while down
        ("renewed_day", "f8"),  # wear counts from here
        ("frailty", "f8"),  # lasting factor on the hazard
        ("network", "f8"),  # lasting factor on the rate of offline spells
        ("cooler_dc", "i2"),  # lasting offset of the cooler
        ("updated_at", "i8"),
        ("replaces", "i8"),  # device row, -1
    ],
    align=True,
)
TAP = np.dtype(
    [
        ("beverage", "i2"),
        ("size_ml", "i4"),
        ("left_ml", "i4"),
        ("kegs", "i4"),  # kegs tapped so far at this slot
        ("tapped_at", "i8"),
        ("empty_at", "i8"),  # -1 while it flows
        ("change_at", "i8"),  # -1 when no change is due
        ("created_at", "i8"),
        ("updated_at", "i8"),
    ],
    align=True,
)


class Records:
    """A growable array of records; a row's number is its identity. Reading a field gives a view of its used part.

    The compiled loop works on `array` itself; everything else reads and writes fields as in a `Table`.
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._n = 0
        self._rows = np.zeros(16, dtype=dtype)

    def __len__(self) -> int:
        return self._n

    def __getattr__(self, name: str) -> NDArray[Any]:
        rows = self.__dict__.get("_rows")
        if rows is None or name not in rows.dtype.names:
            raise AttributeError(name)
        return np.asarray(rows[name][: self._n])

    @property
    def array(self) -> NDArray[Any]:
        """The records in use."""
        return self._rows[: self._n]

    @property
    def rows(self) -> NDArray[np.int64]:
        """All row numbers."""
        return np.arange(self._n, dtype=np.int64)

    def append(self, count: int, /, **values: ArrayLike) -> NDArray[np.int64]:
        """Add `count` rows; scalars are repeated, fields not given are zero. Answers the new rows' numbers."""
        start, stop = self._n, self._n + count
        if stop > len(self._rows):
            more = np.zeros(max(stop, 2 * len(self._rows)), dtype=self._rows.dtype)
            more[:start] = self._rows[:start]
            self._rows = more
        for name, value in values.items():
            self._rows[name][start:stop] = value
        self._n = stop
        return np.arange(start, stop, dtype=np.int64)

    def __getstate__(self) -> dict[str, Any]:
        return {"_n": self._n, "_rows": self.array.copy()}


def new_orders() -> Table:
    """Installations to come; `at` -1 leaves the instant to the technicians, `replaces` -1 means none."""
    return Table(location="i8", day="i4", at="i8", taps="i1", replaces="i8")


class Fleet:
    """Devices, taps, houses (locations), and events that have not been received.

    `devices` has a row a device for ever; `taps` has `SLOTS` rows a device; `houses` a row a
    location of the spine.
    """

    def __init__(self) -> None:
        self.devices = Records(DEVICE)
        self.taps = Records(TAP)
        self.houses = Table(
            service_day="i4",  # next planned visit
            network="f8",
            spread="f8",  # lasting uniform that rounds the number of devices
            loyalty="?",
            staff="i4",  # badges in use
        )
        self.bartenders = Table(location="i8", badge="i4", hired_at="i8", left_at="i8", updated_at="i8")
        self.orders = new_orders()
        self.taps_per_device = 0.0  # set at the founding from the profile's size
        self.first_day = 0
        self.visits = 0  # visits numbered so far
        self.active: NDArray[np.int64] = np.zeros(0, dtype=np.int64)  # devices installed, in row order
        self.pending: NDArray[Any] = no_events()  # made while offline, by device and sequence
        self.copies: NDArray[Any] = no_events()  # late second sendings, by device and sequence
        self.offline_minutes: NDArray[np.uint16] = np.zeros((0, WINDOW_DAYS), dtype=np.uint16)
        self.pours: NDArray[np.uint16] = np.zeros((0, WINDOW_DAYS), dtype=np.uint16)
