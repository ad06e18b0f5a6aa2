"""The people who sell: seats by territory, reps who come and go, quotas by quarter."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.sales.parameters import Territory
from tapflow.business.sales.state import NOBODY, Sales, numbered
from tapflow.core.clock import day_date
from tapflow.core.money import share_minor

Rows = NDArray[np.int64]


@lru_cache(maxsize=8)
def _territories(territories: tuple[Territory, ...], regions: tuple[str, ...]) -> Rows:
    found = [[i for i, t in enumerate(territories) if name in t.regions] for name in regions]
    return np.array([first[0] if first else 0 for first in found], dtype=np.int64)


def territory_of(company: Company, regions: ArrayLike) -> Rows:
    """The territory of each row of `scenario.customers.regions`."""
    names = tuple(r.name for r in company.scenario.customers.regions)
    return _territories(company.scenario.sales.territories, names)[np.asarray(regions, dtype=np.int64)]


def found(company: Company, day: Day) -> None:
    """Managers and reps of the first day: a manager a territory, seats by the customers who live there."""
    sales, parameters = company.part(Sales), company.scenario.sales
    weights = np.zeros(len(parameters.territories))
    regions = company.scenario.customers.regions
    np.add.at(weights, territory_of(company, np.arange(len(regions))), [r.weight for r in regions])
    total = max(len(weights), round(company.scenario.size.accounts / parameters.team.accounts_per_seat))
    seats = 1 + share_minor(total - len(weights), weights)
    managers = _join(company, day, np.full(len(weights), NOBODY), np.arange(len(weights)), NOBODY)
    territory = np.repeat(np.arange(len(weights)), seats)
    rows = sales.seats.append(territory=territory, rep=NOBODY)
    sales.seats.rep[rows] = _join(company, day, rows, territory, managers[territory])
    tenure = company.lasting().exponential("sales/tenure", sales.reps.rows, 700).astype(np.int64) + 120
    sales.reps.hired_day[:] = day.number - tenure
    sales.reps.created_at[:] = sales.reps.hired_day.astype(np.int64) * 86_400 + 50_400
    sales.reps.updated_at[:] = sales.reps.created_at


def _join(company: Company, day: Day, seat: ArrayLike, territory: ArrayLike, manager: ArrayLike) -> Rows:
    sales = company.part(Sales)
    seats = np.atleast_1d(np.asarray(seat))
    rows = numbered(len(sales.reps), len(seats))
    sigma = company.scenario.sales.team.skill_sigma
    at = day.start_seconds + 32_400
    return sales.reps.append(
        seat=seats,
        territory=territory,
        manager=manager,
        hired_day=day.number,
        left_day=NEVER,
        skill=np.exp(sigma * company.lasting().normal("sales/skill", rows) - sigma**2 / 2),
        created_at=at,
        updated_at=at,
    )


def change(company: Company, day: Day) -> None:
    """Reps leave; whoever takes the seat takes its accounts, leads and deals."""
    sales = company.part(Sales)
    seats = sales.seats.rows
    left = seats[day.chance.happens("sales/leaving", seats, company.scenario.sales.team.leaving)]
    if len(left) == 0:
        return
    old = sales.seats.rep[left].astype(np.int64)
    sales.reps.left_day[old] = day.number
    sales.reps.updated_at[old] = day.start_seconds + 32_000
    new = _join(company, day, left, sales.seats.territory[left], sales.reps.manager[old])
    sales.seats.rep[left] = new
    successor = np.arange(len(sales.reps))
    successor[old] = new
    for table in (sales.crm, sales.leads, sales.deals):
        moved = np.flatnonzero(np.isin(table.rep, old) & _still_worked(table))
        table.rep[moved] = successor[table.rep[moved]]
        table.updated_at[moved] = day.start_seconds + 33_000
    assisted = np.flatnonzero(np.isin(company.accounts.sales_rep, old))
    company.accounts.sales_rep[assisted] = successor[company.accounts.sales_rep[assisted]]


def _still_worked(table: object) -> NDArray[np.bool_]:
    deleted = getattr(table, "deleted", None)
    if deleted is not None:
        return np.asarray(~deleted)
    return np.asarray(table.closed_at < 0)  # type: ignore[attr-defined]


def reps_for(company: Company, entity: ArrayLike, regions: ArrayLike) -> Rows:
    """The rep who looks after each entity: a seat of its territory, drawn once for ever."""
    return reps_in(company, entity, territory_of(company, regions))


def reps_in(company: Company, entity: ArrayLike, territory: Rows) -> Rows:
    """The rep of each entity in a given territory."""
    sales = company.part(Sales)
    count = np.bincount(sales.seats.territory, minlength=len(company.scenario.sales.territories))
    first = np.cumsum(count) - count
    offset = (company.lasting().uniform("sales/seat", entity) * count[territory]).astype(np.int64)
    return np.asarray(sales.seats.rep[first[territory] + offset], dtype=np.int64)


def quarter_start(number: int) -> bool:
    """Whether a day begins a quarter."""
    date = day_date(number)
    return date.day == 1 and date.month in (1, 4, 7, 10)


def quarter_of(number: int) -> tuple[int, int]:
    """First day of the day's quarter, and of the next."""
    date = day_date(number)
    first = np.datetime64(f"{date.year}-{3 * ((date.month - 1) // 3) + 1:02d}", "M")
    return int(first.astype("M8[D]").astype(np.int64)), int((first + 3).astype("M8[D]").astype(np.int64))


def set_quotas(company: Company, day: Day) -> None:
    """Give every seat its quota for the quarter: last bookings, stretched, shared evenly and rounded up."""
    sales, team = company.part(Sales), company.scenario.sales.team
    total = sum(sales.bookings_by_day[-91:]) * team.quota_stretch
    each = max(team.quota_least_minor, int(np.ceil(total / len(sales.seats) / 100_000)) * 100_000)
    first, following = quarter_of(day.number)
    numbers = numbered(sales.next_quota, len(sales.seats))
    sales.next_quota += len(numbers)
    reps = sales.seats.rep.astype(np.int64)
    at = day.start_seconds + 30_600
    day.emit("quota_set", quota=numbers, rep=reps, first_day=first, amount_minor=each, at=at)
    day.tell(
        "sales_quota",
        rep=reps,
        territory=territory_names(company, sales.reps.territory[reps]),
        at=at * 1_000_000,
        first_day=first,
        following_day=following,
        amount_usd_minor=each,
    )


def territory_names(company: Company, territories: ArrayLike) -> NDArray[np.object_]:
    """Names of territories by their row."""
    names = np.array([t.name for t in company.scenario.sales.territories], dtype=object)
    return np.asarray(names[np.asarray(territories, dtype=np.int64)])
