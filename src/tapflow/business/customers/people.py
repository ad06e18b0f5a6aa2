"""People with a login: joining and leaving."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.book import Rows, instants
from tapflow.business.customers.state import NEVER, AccountStatus, Role
from tapflow.business.day import Day


def hire(company: Company, day: Day, accounts: Rows, at: NDArray[np.int64]) -> None:
    """Give new accounts their people: an owner each, and others by the number of locations."""
    _append(company, day, accounts, np.full(len(accounts), -1), np.full(len(accounts), Role.OWNER), at)
    parameters = company.scenario.customers.people
    rate = company.accounts.locations[accounts] * parameters.users_per_location - 1
    more = company.lasting().poisson("people/first", accounts, np.maximum(rate, 0))
    owner = np.repeat(accounts, more)
    numbers = len(company.users) + np.arange(len(owner))
    role = company.lasting().choice("people/role", numbers, (0, *parameters.role_weights[1:]))
    _append(company, day, owner, _home(company, owner, numbers), role, np.repeat(at, more))


def move(company: Company, day: Day) -> None:
    """People join open locations of living accounts, others leave; a few belong to nobody."""
    parameters = company.scenario.customers.people
    living = np.isin(company.accounts.status, (AccountStatus.ACTIVE, AccountStatus.TRIAL, AccountStatus.SIGNED))
    places = np.flatnonzero((company.locations.closed_day == NEVER) & living[company.locations.account])
    joined = places[day.chance.happens("people/joining", places, parameters.joining)]
    if len(joined):
        numbers = len(company.users) + np.arange(len(joined))
        role = day.chance.choice("people/role", numbers, (0, *parameters.role_weights[1:]))
        orphan = day.chance.happens("people/orphan", numbers, parameters.orphan_users)
        account = np.where(orphan, -1, company.locations.account[joined])
        _append(company, day, account, np.where(orphan, -1, joined), role, instants(day, "people/at", numbers))
    _leave(company, day, parameters.leaving)


def _leave(company: Company, day: Day, hazard: float) -> None:
    users = company.users
    there = np.flatnonzero((users.deleted_day == NEVER) & (users.role != Role.OWNER) & (users.created_day < day.number))
    gone = there[day.chance.happens("people/leaving", there, hazard)]
    if len(gone):
        at = instants(day, "people/left_at", gone)
        users.deleted_day[gone] = day.number
        users.updated_at[gone] = at
        day.emit("user_changed", user=gone, at=at)


def _home(company: Company, accounts: Rows, numbers: Rows) -> Rows:
    # A person's home is one of the account's first locations, drawn evenly.
    first = np.full(len(company.accounts), -1, dtype=np.int64)
    places = company.locations.account
    first[places[::-1]] = np.arange(len(places) - 1, -1, -1)
    offset = company.lasting().uniform("people/home", numbers) * np.maximum(company.accounts.locations[accounts], 1)
    home = first[accounts] + offset.astype(np.int64)
    owned = company.locations.account[np.minimum(home, len(places) - 1)] == accounts
    return np.where(owned, home, first[accounts])


def _append(company: Company, day: Day, account: Rows, location: Rows, role: Rows, at: NDArray[np.int64]) -> None:
    if len(account) == 0:
        return
    numbers = len(company.users) + np.arange(len(account))
    sigma = company.scenario.customers.people.engagement_sigma
    is_test = np.where(account >= 0, company.accounts.is_test[np.maximum(account, 0)], False)
    rows = company.users.append(
        account=account,
        location=location,
        role=role,
        created_at=at,
        created_day=day.number,
        deleted_day=NEVER,
        engagement=np.exp(sigma * company.lasting().normal("people/engagement", numbers) - sigma**2 / 2),
        updated_at=at,
        is_test=is_test,
    )
    day.emit("user_changed", user=rows, at=at)
