"""Who pours and who drinks, as the product database counts them: bartenders' badges and guests' cards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.devices.state import Fleet

Ints = NDArray[np.int64]


def found(company: Company, day: Day) -> None:
    """Bartenders of the starting locations, hired some time ago."""
    fleet = company.part(Fleet)
    places = np.unique(fleet.devices.location[fleet.active])
    _hire(company, day, places, day.start_seconds - 86_400 * 30)


def step(company: Company, day: Day) -> None:
    """First bartenders of new houses, leavers with their successors, and guests who show a card."""
    fleet = company.part(Fleet)
    location = np.unique(fleet.devices.location[fleet.active])
    _hire(company, day, location[fleet.houses.staff[location] == 0], day.start_seconds + 1)
    _turn_over(company, day)
    _guests(company, day, location)


def _hire(company: Company, day: Day, places: Ints, at: int) -> None:
    if not len(places):
        return
    fleet, rules = company.part(Fleet), company.scenario.devices.house
    wanted = rules.bartenders_base + rules.bartenders_per_tap * company.locations.taps[places]
    count = np.clip(wanted.astype(np.int64), 1, rules.bartenders_max)
    fleet.houses.staff[places] = count
    location = np.repeat(places, count)
    badge = 1 + np.arange(len(location)) - np.repeat(np.cumsum(count) - count, count)
    rows = fleet.bartenders.append(location=location, badge=badge, hired_at=at, left_at=-1, updated_at=at)
    day.emit("bartender_changed", bartender=rows, at=at)


def _turn_over(company: Company, day: Day) -> None:
    fleet, rules = company.part(Fleet), company.scenario.devices.house
    table = fleet.bartenders
    leaves = day.chance.happens("devices/leave", table.rows, rules.bartender_leave_rate) & (table.left_at < 0)
    gone = np.flatnonzero(leaves)
    if not len(gone):
        return
    at = day.start_seconds + day.chance.integers("devices/leave_at", gone, 36_000, 72_000)
    location, badge = table.location[gone].copy(), table.badge[gone].copy()
    table.left_at[gone] = table.updated_at[gone] = at
    new = table.append(location=location, badge=badge, hired_at=at, left_at=-1, updated_at=at)
    day.emit("bartender_changed", bartender=np.concatenate([gone, new]), at=np.concatenate([at, at]))


def _guests(company: Company, day: Day, location: Ints) -> None:
    fleet, rules = company.part(Fleet), company.scenario.devices.house
    places = location[fleet.houses.loyalty[location]]
    if not len(places):
        return
    bands = len(rules.age_bands)
    place, band = np.repeat(places, bands), np.tile(np.arange(bands), len(places))
    weight = np.array(rules.age_weights)[band] * company.locations.capacity[place]
    visits = day.chance.poisson("devices/guests", place * 16 + band, rules.loyalty_visits * weight)
    seen = visits > 0
    day.emit("loyalty_visits", location=place[seen], band=band[seen], visits=visits[seen])
