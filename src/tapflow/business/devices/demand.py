"""When guests drink: the weight of every UTC hour of a day in every region, by its local clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.devices.parameters import CalendarDay, Demand
from tapflow.core.clock import DayNumber, day_date, day_start_seconds

Floats = NDArray[np.float64]
_YEAR_DAYS = 365.25


@dataclass(frozen=True)
class RegionDay:
    """A day's demand by region: `hours` (regions, 24) sums to the day's factor; offsets in seconds at noon UTC."""

    hours: Floats
    utc_offset: NDArray[np.int64]
    summer: Floats  # -1 in the depth of winter to 1 at the season's peak


@lru_cache(maxsize=4096)
def _offsets(zone: str, day: DayNumber) -> tuple[int, ...]:
    """UTC offset in seconds at the middle of each UTC hour: the clocks change within a day."""
    start = datetime.fromtimestamp(day_start_seconds(day), UTC)
    place = ZoneInfo(zone)
    instants = (start + timedelta(minutes=60 * h + 30) for h in range(24))
    return tuple(int(i.astimezone(place).utcoffset().total_seconds()) for i in instants)  # type: ignore[union-attr]


def falls_on(rule: CalendarDay, day: date) -> bool:
    """Is the rule's day this date?"""
    if day.month != rule.month:
        return False
    if rule.day:
        return day.day == rule.day
    if day.weekday() != rule.weekday:
        return False
    if rule.after_first_monday:
        first_monday = 1 + (-date(day.year, day.month, 1).weekday()) % 7
        return first_monday < day.day <= first_monday + 7
    if rule.nth < 0:
        return (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 == rule.nth


def calendar_factor(demand: Demand, country: str, day: date) -> float:
    """What the calendar does to pours in a country on a local date."""
    factor = 1.0
    for rule in demand.calendar:
        if (not rule.countries or country in rule.countries) and falls_on(rule, day):
            factor *= rule.factor
    return factor


def season(demand: Demand, latitude: float, day: date) -> float:
    """-1 to 1: where in the year a place stands."""
    peak = demand.season_peak_day + (0 if latitude >= 0 else _YEAR_DAYS / 2)
    return float(np.cos(2 * np.pi * (day.timetuple().tm_yday - peak) / _YEAR_DAYS))


def _swing(company: Company, day: DayNumber, regions: NDArray[np.int64]) -> Floats:
    """Weather and local events: the mean of three days' noise, so that weather lasts."""
    demand = company.scenario.devices.demand
    noise = [company.chance(day - back).normal("devices/weather", regions) for back in range(3)]
    weather = np.exp(demand.weather_sigma * np.sum(noise, axis=0) / np.sqrt(3))
    fair = company.chance(day).happens("devices/fair", regions, demand.local_event_rate)
    return np.asarray(weather * np.where(fair, demand.local_event_factor, 1.0))


def region_day(company: Company, day: DayNumber) -> RegionDay:
    """The demand of a UTC day in every region of the scenario."""
    demand, regions = company.scenario.devices.demand, company.scenario.customers.regions
    by_hour = np.array(demand.hour_weights) / sum(demand.hour_weights)
    by_weekday = np.array(demand.weekday_weights) * 7 / sum(demand.weekday_weights)
    hours, offsets, summers = np.zeros((len(regions), 24)), np.zeros(len(regions), dtype=np.int64), []
    for row, region in enumerate(regions):
        shifts = _offsets(region.zone, day)
        offsets[row] = shifts[12]
        summers.append(season(demand, region.latitude, day_date(day)))
        factors: dict[date, float] = {}
        for hour in range(24):
            local = datetime.fromtimestamp(day_start_seconds(day) + hour * 3600 + 1800 + shifts[hour], UTC)
            here, clock = local.date(), local.hour
            if here not in factors:
                factors[here] = by_weekday[here.weekday()] * calendar_factor(demand, region.country, here)
            happy = here.weekday() == demand.happy_hour_weekday and clock in demand.happy_hours
            lift = demand.happy_hour_factor if happy else 1.0
            hours[row, hour] = by_hour[clock] * factors[here] * lift
    summer = np.array(summers)
    swing = _swing(company, day, np.arange(len(regions)))
    return RegionDay(hours * ((1 + demand.season_amplitude * summer) * swing)[:, None], offsets, summer)
