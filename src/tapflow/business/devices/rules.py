"""The scenario's numbers in the form that the compiled loop reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapflow.business.devices.machine import BEVERAGE, FAULT_KIND, LINK_KIND, RULES
from tapflow.business.devices.parameters import DeviceParameters

Array = NDArray[Any]


def _edges(weights: Iterable[float]) -> Array:
    cumulated = np.cumsum(np.array(list(weights), dtype=np.float64))
    return np.asarray(cumulated / cumulated[-1])


def _table(dtype: np.dtype[Any], kinds: Sequence[Any], **columns: Iterable[Any]) -> Array:
    rows = np.zeros(len(kinds), dtype=dtype)
    rows["edge"] = _edges(kind.weight for kind in kinds)
    for name, values in columns.items():
        rows[name] = list(values)
    return rows


def fault_kinds(p: DeviceParameters) -> Array:
    """Ways to fail."""
    return _table(
        FAULT_KIND,
        p.faults,
        factor=(f.pour_factor for f in p.faults),
        silent=(f.silent for f in p.faults),
        remote=(f.remote_share for f in p.faults),
        replace=(f.replace_share for f in p.faults),
        rise=(f.temperature_rise_dc for f in p.faults),
    )


def link_kinds(p: DeviceParameters) -> Array:
    """Ways to lose the connection."""
    return _table(
        LINK_KIND,
        p.offline,
        median=(60.0 * k.median_minutes for k in p.offline),
        sigma=(k.sigma for k in p.offline),
        reboots=(k.reboots for k in p.offline),
        silent=(k.silent for k in p.offline),
    )


def beverages(p: DeviceParameters) -> Array:
    """What may be in a keg."""
    return _table(BEVERAGE, p.beverages, keg_ml=(b.keg_ml for b in p.beverages))


def rules_of(p: DeviceParameters) -> Array:
    """The single numbers of a scenario's device section."""
    kegs, heat, service, net = p.kegs, p.temperature, p.service, p.network
    values = {
        "spill_share": p.demand.spill_share,
        "early_share": kegs.early_share,
        "early_rate": kegs.early_rate,
        "change_median": 60.0 * kegs.change_median_minutes,
        "change_sigma": kegs.change_sigma,
        "stockout_rate": kegs.stockout_rate,
        "stockout_median": 3600.0 * kegs.stockout_median_hours,
        "stockout_sigma": kegs.stockout_sigma,
        "rotate_rate": kegs.rotate_rate,
        "clean_ml": kegs.clean_ml,
        "reading_seconds": 3600 * heat.interval_hours,
        "base_dc": heat.base_dc,
        "noise_dc": heat.noise_dc,
        "door_rate": heat.door_rate,
        "door_dc": heat.door_dc,
        "low_dc": heat.low_dc,
        "high_dc": heat.high_dc,
        "reactive_median": 3600.0 * service.reactive_median_hours,
        "reactive_sigma": service.reactive_sigma,
        "reactive_length": 60.0 * service.reactive_minutes,
        "visit_sigma": service.visit_sigma,
        "remote_median": 60.0 * service.remote_median_minutes,
        "remote_sigma": service.remote_sigma,
        "planned_renewal": service.planned_renewal,
        "reactive_renewal": service.reactive_renewal,
        "delay": net.delay_max_seconds,
        "copy_rate": net.duplicate_rate,
        "copy_late": net.duplicate_late_share,
        "copy_late_seconds": 3600 * net.duplicate_late_hours,
        "copy_from": net.duplicate_seconds[0],
        "copy_more": net.duplicate_seconds[1] - net.duplicate_seconds[0],
        "copy_lost": net.duplicate_lost_share,
        "skew_rate": net.skew_rate,
        "skew_max": net.skew_max_seconds,
        "update_seconds": p.firmware.update_seconds,
    }
    row = np.zeros(1, dtype=RULES)
    for name in RULES.names or ():
        row[name] = values[name]
    return row
