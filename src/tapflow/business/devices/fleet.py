"""Which devices stand where: the starting fleet, orders, installations, taps, removals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER, AccountStatus
from tapflow.business.day import Day
from tapflow.business.devices import events as ev
from tapflow.business.devices.demand import RegionDay
from tapflow.business.devices.firmware import newest_beat
from tapflow.business.devices.state import SLOTS, WINDOW_DAYS, Fleet, new_orders
from tapflow.core.clock import SECONDS_PER_DAY

Ints = NDArray[np.int64]
_MORNING, _WORKING = 8 * 3600, 9 * 3600  # technicians' local day, seconds


def found(company: Company, day: Day) -> None:
    """The starting fleet: as many devices as the profile says, of all ages, each with running kegs."""
    fleet = company.part(Fleet)
    fleet.first_day = day.number
    sync_houses(company, day)
    places = np.flatnonzero(entitled(company))
    taps = company.locations.taps[places].astype(np.int64)
    fleet.taps_per_device = _taps_per_device(company, places, taps)
    counts = devices_wanted(company, places, taps)
    location, tap_count = _spread(places, taps, counts)
    rows = _append(company, day, location, tap_count, _founding_installs(company, day, location), "founding_share")
    _age(company, day, rows)
    fleet.active = rows
    every = company.scenario.devices.service.planned_every_days
    fleet.houses.service_day[:] = day.number + company.lasting().integers(
        "devices/first_service", fleet.houses.rows, 1, every
    )


def entitled(company: Company) -> NDArray[np.bool_]:
    """Locations that should have devices: open, of a customer that pays or has signed; never our own tests."""
    places, book = company.locations, company.accounts
    account = places.account
    status = book.status[account]
    pays = (status == AccountStatus.ACTIVE) | (status == AccountStatus.SIGNED)
    return np.asarray(pays & (places.closed_day == NEVER) & ~book.is_test[account] & (places.taps > 0))


def kept(company: Company) -> NDArray[np.bool_]:
    """Locations that may keep the devices they have: entitled ones, and those on trial."""
    places, book = company.locations, company.accounts
    trial = (book.status[places.account] == AccountStatus.TRIAL) & (places.closed_day == NEVER)
    return np.asarray(entitled(company) | (trial & ~book.is_test[places.account]))


def sync_houses(company: Company, day: Day) -> None:
    """A row of `houses` for every location that has come since."""
    fleet, rules = company.part(Fleet), company.scenario.devices
    new = np.arange(len(fleet.houses), len(company.locations), dtype=np.int64)
    if not len(new):
        return
    lasting = company.lasting()
    every = rules.service.planned_every_days
    fleet.houses.append(
        service_day=day.number + every // 2 + lasting.integers("devices/service", new, 0, every),
        network=lasting.lognormal("devices/house_network", new, 1.0, rules.network.location_sigma),
        spread=lasting.uniform("devices/spread", new),
        loyalty=lasting.happens("devices/loyalty", new, rules.house.loyalty_share),
    )


def _taps_per_device(company: Company, places: Ints, taps: Ints) -> float:
    """Mean taps of a controller at which the fleet has the profile's size, found by bisection."""
    fleet, wanted = company.part(Fleet), company.scenario.size.devices
    low, high = 1.0, float(SLOTS)
    for _ in range(50):
        fleet.taps_per_device = (low + high) / 2
        if devices_wanted(company, places, taps).sum() > wanted:
            low = fleet.taps_per_device
        else:
            high = fleet.taps_per_device
    return fleet.taps_per_device


def devices_wanted(company: Company, places: Ints, taps: Ints) -> Ints:
    """Controllers that a location needs for its taps."""
    fleet = company.part(Fleet)
    wanted = np.floor(taps / fleet.taps_per_device + fleet.houses.spread[places]).astype(np.int64)
    return np.clip(wanted, -(-taps // SLOTS), taps)


def _spread(places: Ints, taps: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Locations and tap counts of devices: a location's taps shared as evenly as may be."""
    location = np.repeat(places, counts)
    position = np.arange(len(location)) - np.repeat(np.cumsum(counts) - counts, counts)
    whole, rest = np.repeat(taps // counts, counts), np.repeat(taps % counts, counts)
    return location, whole + (position < rest)


def _founding_installs(company: Company, day: Day, location: Ints) -> Ints:
    lasting = company.lasting()
    entity = np.arange(len(location))
    past = company.scenario.devices.founding
    age = past.age_days_least + lasting.exponential("devices/age", entity, past.age_days_more).astype(np.int64)
    created = company.locations.created_day[location].astype(np.int64)
    installed_day = np.minimum(np.maximum(created + 4, day.number - age), day.number - 2)
    return np.asarray(installed_day * SECONDS_PER_DAY + lasting.integers("devices/hour", entity, 50_000, 75_000))


def _append(company: Company, day: Day, location: Ints, taps: Ints, installed_at: Ints, shares: str) -> Ints:
    """New rows of devices and their slots, each with fresh kegs, waiting for their first connection."""
    fleet, rules, lasting = company.part(Fleet), company.scenario.devices, company.lasting()
    first = len(fleet.devices)
    rows = np.arange(first, first + len(location), dtype=np.int64)
    model = lasting.choice("devices/model", rows, [getattr(m, shares) for m in rules.models])
    spread = rules.temperature.spread_dc
    wait = 60 + lasting.integers("devices/commission", rows, 0, rules.service.commissioning_minutes * 60)
    fleet.devices.append(
        len(rows),
        location=location,
        account=company.locations.account[location],
        model=model,
        installed_at=installed_at,
        removed_at=-1,
        remove_at=-1,
        tap_count=taps,
        firmware=10 * (newest_beat(company, day.number) - 1),
        link_kind=ev.LINK_NEW,
        link_lost_at=installed_at,
        link_until=installed_at + wait,
        link_reboots=True,
        fault=-1,
        fault_at=-1,
        visit_at=-1,
        repair_at=-1,
        service_at=-1,
        service_end=-1,
        up_since=-1,
        renewed_day=installed_at // SECONDS_PER_DAY,
        frailty=lasting.lognormal("devices/frailty", rows, 1.0, rules.network.device_sigma),
        network=fleet.houses.network[location],
        cooler_dc=lasting.integers("devices/cooler", rows, -spread, spread + 1),
        updated_at=installed_at,
        replaces=-1,
    )
    slots = np.arange(first * SLOTS, (first + len(rows)) * SLOTS, dtype=np.int64)
    beverage = lasting.choice("devices/beverage", slots, [b.weight for b in rules.beverages])
    size = np.array([b.keg_ml for b in rules.beverages])[beverage]
    at = np.repeat(installed_at, SLOTS)
    fleet.taps.append(
        len(slots), beverage=beverage, size_ml=size, left_ml=size, kegs=1, tapped_at=at, empty_at=-1, change_at=-1,
        created_at=at, updated_at=at,
    )  # fmt: skip
    _windows(fleet, len(rows))
    return rows


def _windows(fleet: Fleet, count: int) -> None:
    empty = np.zeros((count, WINDOW_DAYS), dtype=np.uint16)
    fleet.offline_minutes = np.concatenate([fleet.offline_minutes, empty])
    fleet.pours = np.concatenate([fleet.pours, empty])


def _age(company: Company, day: Day, rows: Ints) -> None:
    """Give the starting fleet its past: wear, boots, kegs begun; all connect anew on the first morning."""
    fleet, rules, lasting = company.part(Fleet), company.scenario.devices, company.lasting()
    table = fleet.devices
    installed = table.installed_at[rows] // SECONDS_PER_DAY
    span = np.minimum(day.number - installed, rules.service.planned_every_days)
    table.renewed_day[rows] = day.number - span * lasting.uniform("devices/renewed", rows)
    table.boot[rows] = 1 + lasting.integers("devices/boots", rows, 0, 40)
    jitter = lasting.integers("devices/reconnect", rows, 0, rules.network.founding_connect_seconds)
    table.link_until[rows] = day.start_seconds + jitter
    slots = (rows[:, None] * SLOTS + np.arange(SLOTS)).ravel()
    least = rules.kegs.founding_least
    left = fleet.taps.size_ml[slots] * (least + (1 - least) * lasting.uniform("devices/left", slots))
    fleet.taps.left_ml[slots] = left.astype(np.int64)
    day.emit("device_changed", device=rows, at=table.installed_at[rows])


def order(company: Company, day: Day) -> None:
    """Order devices for entitled locations that have none, and on trial when onboarding gets that far."""
    fleet, service = company.part(Fleet), company.scenario.devices.service
    count = len(company.locations)
    there = np.bincount(fleet.devices.location[fleet.active], minlength=count)
    there += np.bincount(fleet.orders.location, minlength=count)
    need = np.flatnonzero(entitled(company) & (there == 0))
    delay = day.chance.lognormal("devices/delay", need, service.install_median_days, service.install_sigma)
    wait = np.minimum(delay.astype(np.int64), service.install_max_days)
    _open_orders(company, need, day.number + wait, np.full(len(need), -1))
    connected = day.fact("onboarding_step")
    steps = company.scenario.customers.onboarding_steps
    if connected is None or "device_connected" not in steps:
        return
    now = connected["step"] == steps.index("device_connected")
    when = np.full(len(company.accounts), -1, dtype=np.int64)
    when[connected["account"][now]] = connected["at"][now]
    there[need] += 1
    places = np.flatnonzero((when[company.locations.account] >= 0) & (there == 0) & kept(company))
    at = np.maximum(when[company.locations.account[places]] - 1800, day.start_seconds)
    at = np.maximum(at, company.locations.created_at[places])
    _open_orders(company, places, np.full(len(places), day.number), at)


def _open_orders(company: Company, places: Ints, days: Ints, at: Ints) -> None:
    if not len(places):
        return
    taps = company.locations.taps[places].astype(np.int64)
    counts = devices_wanted(company, places, taps)
    location, tap_count = _spread(places, taps, counts)
    company.part(Fleet).orders.append(
        location=location, day=np.repeat(days, counts), at=np.repeat(at, counts), taps=tap_count, replaces=-1
    )


def install(company: Company, day: Day, demand: RegionDay) -> None:
    """Carry out the orders that are due; those of locations that lost their right are forgotten."""
    fleet = company.part(Fleet)
    orders = fleet.orders
    due = orders.day <= day.number
    good = due & kept(company)[orders.location]
    location, taps = orders.location[good].copy(), orders.taps[good].astype(np.int64)
    at, replaces = orders.at[good].copy(), orders.replaces[good].copy()
    rest = {name: orders[name][~due].copy() for name in orders.names}
    fleet.orders = new_orders()
    fleet.orders.append(len(rest["day"]), **rest)
    if not len(location):
        return
    entity = len(fleet.devices) + np.arange(len(location))
    at = np.where(at >= 0, at, working_time(company, day, demand, "devices/install", location, entity))
    rows = _append(company, day, location, taps, at, "new_share")
    fleet.devices.replaces[rows] = replaces
    fleet.active = np.concatenate([fleet.active, rows])
    day.emit("device_changed", device=rows, at=at)


def working_time(company: Company, day: Day, demand: RegionDay, purpose: str, location: Ints, entity: Ints) -> Ints:
    """An instant of the day within technicians' local hours, leaving two hours to the day's end."""
    local = _MORNING + (day.chance.uniform(purpose, entity) * _WORKING).astype(np.int64)
    second = (local - demand.utc_offset[company.locations.region[location]]) % SECONDS_PER_DAY
    return np.asarray(day.start_seconds + np.minimum(second, SECONDS_PER_DAY - 7200))


def retire(company: Company, day: Day, demand: RegionDay) -> None:
    """Plan the removal of devices whose location lost its right; recall it where the right came back."""
    fleet, service = company.part(Fleet), company.scenario.devices.service
    table, active = fleet.devices, fleet.active
    location = table.location[active]
    may_stay = kept(company)[location]
    back = active[may_stay & (table.remove_at[active] >= 0)]
    table.remove_at[back] = -1
    gone = active[~may_stay & (table.remove_at[active] < 0)]
    if len(gone):
        place = table.location[gone]
        days = day.chance.exponential("devices/removal", place, service.remove_mean_days).astype(np.int64)
        days = np.clip(days, 1, service.remove_max_days)
        base = working_time(company, day, demand, "devices/removal_hour", place, place)
        table.remove_at[gone] = base + days * SECONDS_PER_DAY


def follow_taps(company: Company, day: Day) -> None:
    """Taps added or taken away at a location: shared over its controllers anew, more of them if needed."""
    fleet, changed = company.part(Fleet), day.fact("taps_changed")
    if changed is None:
        return
    table = fleet.devices
    touched: list[int] = []
    for location in np.unique(changed["location"]).tolist():
        rows = fleet.active[table.location[fleet.active] == location]
        rows = rows[table.remove_at[rows] < 0]
        wanted = int(company.locations.taps[location])
        if not len(rows) or wanted <= 0:
            continue
        ordered = int(fleet.orders.taps[fleet.orders.location == location].sum())
        room = wanted - int(table.tap_count[rows].sum()) - ordered
        for row in rows.tolist():
            step = int(np.clip(room, 1 - int(table.tap_count[row]), SLOTS - int(table.tap_count[row])))
            if step:
                opened = row * SLOTS + np.arange(table.tap_count[row], table.tap_count[row] + step)
                fleet.taps.created_at[opened] = fleet.taps.tapped_at[opened] = day.start_seconds + 1
                table.tap_count[row] += step
                touched.append(row)
                room -= step
        if room > 0:
            counts = np.array([-(-room // SLOTS)])
            where, taps = _spread(np.array([location]), np.array([room]), counts)
            fleet.orders.append(location=where, day=day.number + 2, at=-1, taps=taps, replaces=-1)
    if touched:
        table.updated_at[touched] = day.start_seconds + 1
        day.emit("device_changed", device=np.array(touched), at=day.start_seconds + 1)
