"""Who opens the product today, by role, hour, habit, and what they lived through with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.product.state import Product
from tapflow.core.clock import day_date

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
SETTLED_FEATURES = 4  # breadth counts above this many features


def zone_hours(company: Company, day: Day) -> NDArray[np.int64]:
    """Hours by which each region's clocks are ahead of UTC at the day's noon, rounded down."""
    noon = datetime.fromtimestamp(day.start_seconds, UTC) + timedelta(hours=12)
    found: dict[str, int] = {}
    for region in company.scenario.customers.regions:
        if region.zone not in found:
            ahead = noon.astimezone(ZoneInfo(region.zone)).utcoffset()
            found[region.zone] = int((ahead.total_seconds() if ahead else 0.0) // 3600)
    return np.array([found[r.zone] for r in company.scenario.customers.regions], dtype=np.int64)


def hour_tables(company: Company, day: Day, offsets: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """For each (role, distinct offset): the day's factor on the chance, and cumulative shares by UTC hour."""
    activity = company.scenario.product.activity
    weekday = day_date(day.number).weekday()
    local = np.arange(24)[None, :] + offsets[:, None]
    turn, hour = np.divmod(local, 24)
    factor = np.empty((4, len(offsets)))
    cumulative = np.empty((4, len(offsets), 24))
    for role in range(4):
        shape = np.asarray(activity.hours[role], dtype=np.float64)
        weight = shape[hour] / shape.sum() * np.asarray(activity.weekday[role])[(weekday + turn) % 7]
        factor[role] = weight.sum(axis=1)
        cumulative[role] = np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True)
    return factor, cumulative


def drift_interest(company: Company, day: Day) -> None:
    """Every account's interest goes a step of a mean-reverting walk."""
    activity, houses = company.scenario.product.activity, company.part(Product).houses
    keep = 0.5 ** (1.0 / activity.interest_half_life_days)
    step = activity.interest_sigma * np.sqrt(1.0 - keep * keep)
    houses.interest[:] = keep * houses.interest + step * day.chance.normal("product/interest", houses.rows)


def features_taken_up(adopted: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many bits are set."""
    return np.bitwise_count(adopted).astype(np.int64)


def daily_chance(company: Company, day: Day, people: Rows, day_factor: Floats) -> Floats:
    """The chance of each person to open the product today."""
    activity, memory, users = company.scenario.product.activity, company.part(Product), company.users
    account = users.account[people]
    homeless, house = account < 0, np.maximum(account, 0)
    age = day.number - users.created_day[people]
    novelty = 1.0 + (activity.new_factor - 1.0) * np.exp(-age / activity.new_fade_days)
    quit_day = memory.people.quit_day[people]
    habit = np.where((quit_day != NEVER) & (age > 0) & (quit_day <= day.number), activity.quit_factor, 1.0)
    standing = np.asarray(activity.status)[company.accounts.status[house]]
    mood = (
        memory.houses.interest[house]
        + activity.intervention_lift * company.accounts.signal_intervention[house]
        + activity.breadth_lift * (features_taken_up(memory.people.adopted[people]) - SETTLED_FEATURES)
        - activity.frustration_drop * memory.people.frustration[people]
    )
    chance = (
        np.asarray(activity.daily_chance)[users.role[people]]
        * users.engagement[people] ** activity.engagement_power
        * day_factor
        * novelty
        * habit
        * np.where(homeless, activity.no_account, standing * np.exp(mood))
    )
    return np.asarray(np.minimum(chance, activity.most))


def present(company: Company) -> NDArray[np.bool_]:
    """Who may use the product at all: their login exists, and their account, if any, is not gone."""
    users, status = company.users, np.asarray(company.scenario.product.activity.status)
    # The last entry stands for people without an account, whose account number is -1.
    open_doors = np.append(status[company.accounts.status] > 0, True)
    return np.asarray((users.deleted_day == NEVER) & open_doors[users.account])
