"""What a day holds for each installed device, decided before it runs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.devices.demand import RegionDay
from tapflow.business.devices.firmware import hazard_factor, offered
from tapflow.business.devices.machine import PLAN
from tapflow.business.devices.state import Fleet
from tapflow.core.clock import SECONDS_PER_DAY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_YEAR = 365.0


def daily_hazard(company: Company, day: int, devices: Ints) -> Floats:
    """Chance of a fault on a day: Weibull by model and wear, times the device's and the firmware's factors."""
    fleet, models = company.part(Fleet), company.scenario.devices.models
    model = fleet.devices.model[devices]
    shape = np.array([m.shape for m in models])[model]
    scale = np.array([m.scale_days for m in models])[model]
    worn = np.maximum(day - fleet.devices.renewed_day[devices], 1.0)
    weibull = shape / scale * (worn / scale) ** (shape - 1)
    return np.asarray(weibull * fleet.devices.frailty[devices] * hazard_factor(company, devices))


def plan_service(company: Company, day: Day, demand: RegionDay) -> None:
    """Planned visits of the day: every sound-looking device of a location that is due, within technicians' hours."""
    fleet, service = company.part(Fleet), company.scenario.devices.service
    table, active = fleet.devices, fleet.active
    location = table.location[active]
    settled = table.installed_at[active] < day.start_seconds - 10 * SECONDS_PER_DAY
    due = (fleet.houses.service_day[location] <= day.number) & settled
    due &= (table.remove_at[active] < 0) & (table.service_at[active] < 0)
    rows = active[due]
    if not len(rows):
        return
    places = np.unique(location[due])
    spread = day.chance.uniform("devices/next_service", places) * 2 - 1
    after = service.planned_every_days + (spread * service.planned_spread_days).astype(np.int64)
    fleet.houses.service_day[places] = day.number + after
    where = table.location[rows]
    local = 9 * 3600 + (day.chance.uniform("devices/service_hour", where) * 6 * 3600).astype(np.int64)
    second = (local - demand.utc_offset[company.locations.region[where]]) % SECONDS_PER_DAY
    minutes = day.chance.lognormal("devices/service_minutes", rows, service.planned_minutes, service.visit_sigma)
    length = np.minimum(60 * np.maximum(minutes, service.planned_least_minutes), 4 * 3600).astype(np.int64)
    # Visits stay within the UTC day, so that a day's monitored time is known when it ends.
    begin = day.start_seconds + np.minimum(second, SECONDS_PER_DAY - 120 - length)
    table.service_at[rows] = begin
    table.service_end[rows] = begin + length


def plan_day(company: Company, day: Day, demand: RegionDay) -> NDArray[Any]:
    """Rates, hazards, updates and cleaning of every installed device."""
    fleet, p = company.part(Fleet), company.scenario.devices
    active, table = fleet.active, fleet.devices
    location = table.location[active]
    region = company.locations.region[location].astype(np.int64)
    hazard = daily_hazard(company, day.number, active)
    target = offered(company, day.number, active)
    wants = (target > table.firmware[active]) & (table.installed_at[active] < day.start_seconds)
    offset = demand.utc_offset[region]
    night = (p.firmware.update_hour * 3600 - offset) % SECONDS_PER_DAY
    jitter = day.chance.integers("devices/update", active, 0, 3000)
    update_at = day.start_seconds + np.minimum(night + jitter, SECONDS_PER_DAY - 600)
    cleans = (active + day.number) % p.kegs.clean_every_days == 0
    clean_at = day.start_seconds + (p.kegs.clean_hour * 3600 + (active * 37) % 3600 - offset) % SECONDS_PER_DAY
    plan = np.empty(len(active), dtype=PLAN)
    plan["device"], plan["region"] = active, region
    plan["rate"] = _rates(company, day, active, location)
    plan["hazard"] = np.maximum(hazard, 1e-9)
    plan["offline_rate"] = p.network.offline_rate * table.network[active]
    plan["foam"] = np.minimum(p.demand.foam_share + p.demand.foam_wear * hazard * _YEAR, 0.5)
    plan["staff"] = np.maximum(fleet.houses.staff[location], 1)
    plan["update_at"], plan["new_firmware"] = np.where(wants, update_at, -1), target
    plan["clean_at"] = np.where(cleans, clean_at, -1)
    plan["utc_offset"] = offset
    return plan


def _rates(company: Company, day: Day, active: Ints, location: Ints) -> Floats:
    demand, fleet = company.scenario.devices.demand, company.part(Fleet)
    week = company.chance((day.number + 3) // 7)  # weeks begin on Monday
    promoted = week.happens("devices/promotion", location, demand.promotion_rate)
    rate = demand.pours_per_tap * fleet.devices.tap_count[active] * company.locations.capacity[location]
    return np.asarray(np.maximum(rate * np.where(promoted, demand.promotion_factor, 1.0), demand.least))
