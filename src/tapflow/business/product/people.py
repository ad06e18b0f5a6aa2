"""People meet the product: what is lasting about them, and the starting population's past with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.mess import tell_mess
from tapflow.business.product.state import FAR_PAST, WHOLE_SET, Product
from tapflow.core.clock import DayNumber

Rows = NDArray[np.int64]


def join(company: Company, day: Day) -> Rows:
    """Give a row to every person and account that has none yet. Answers the new people."""
    memory, parameters = company.part(Product), company.scenario.product
    new = np.arange(len(memory.people), len(company.users), dtype=np.int64)
    houses = len(company.accounts) - len(memory.houses)
    if houses > 0:
        rows = np.arange(len(memory.houses), len(company.accounts))
        memory.houses.append(interest=_first_interest(company, rows), plan=company.accounts.plan[rows])
    if len(new) == 0:
        return new
    memory.people.append(
        setting_up=True,
        activated_day=NEVER,
        last_day=FAR_PAST,
        quit_day=_quit_days(company, new),
        surveyed_day=FAR_PAST,
        blocked=company.lasting().happens("product/blocked", new, parameters.tracking.blocked_share),
    )
    memory.reserve(len(company.users), len(parameters.features), len(parameters.experiments))
    _tell(company, day, new)
    _tell_blocked(company, day, new)
    return new


def is_test(company: Company, users: Rows) -> NDArray[np.bool_]:
    """Whether people are our own tests, or belong to a test account."""
    account = company.users.account[users]
    of_test = np.where(account >= 0, company.accounts.is_test[np.maximum(account, 0)], False)
    return np.asarray(company.users.is_test[users] | of_test)


def found_features(company: Company, day: Day) -> None:
    """The features that were always there."""
    for feature in company.scenario.product.features:
        launched = day.number - 1 if feature.launch_day is None else NEVER
        company.part(Product).features.append(1, launched_day=launched, improved_day=FAR_PAST)


def found_people(company: Company, day: Day) -> None:
    """The starting population has its habits: features taken up, activation behind them, last days of use."""
    people = join(company, day)
    memory, parameters = company.part(Product), company.scenario.product
    memory.people.setting_up[people] = False
    memory.people.reached[people] = WHOLE_SET
    role = company.users.role[people]
    quit_already = _has_quit(memory, people, day.number)
    lasting = company.lasting()
    for row, feature in enumerate(parameters.features):
        if feature.launch_day is not None:
            continue
        # Long after a launch, adoption settles where taking up and giving up balance.
        settled = np.asarray(feature.ceiling)[role] * (1.0 - parameters.habits.given_up * feature.abandon)
        has = lasting.uniform(f"product/inclined/{feature.key}", people) < settled
        memory.people.adopted[people[has]] |= np.int64(1 << row)
        rest = parameters.habits.last_used_days_mean
        since = lasting.exponential(f"product/last_used/{feature.key}", people, rest).astype(np.int64)
        recent = has & ~quit_already
        memory.last_used[people[recent], row] = day.number - 1 - since[recent]
    used = memory.last_used[people].max(axis=1)
    memory.people.last_day[people] = used
    asked = lasting.integers("product/surveyed", people, 0, parameters.nps.quiet_days)
    memory.people.surveyed_day[people] = day.number - 1 - asked


def _has_quit(memory: Product, people: Rows, day: DayNumber) -> NDArray[np.bool_]:
    quit_day = memory.people.quit_day[people]
    return np.asarray((quit_day != NEVER) & (quit_day < day))


def _quit_days(company: Company, people: Rows) -> Rows:
    activity, lasting = company.scenario.product.activity, company.lasting()
    leaves = lasting.happens("product/quits", people, activity.quit_share)
    age = 1 + lasting.exponential("product/quit_age", people, activity.quit_days_mean)
    stop = company.users.created_day[people] + np.minimum(age, activity.quit_days_most).astype(np.int64)
    return np.where(leaves, stop, NEVER)


def _first_interest(company: Company, houses: Rows) -> NDArray[np.float64]:
    return company.scenario.product.activity.interest_sigma * company.lasting().normal("product/interest", houses)


def _tell(company: Company, day: Day, people: Rows) -> None:
    users = company.users
    day.tell(
        "product_user",
        user=people,
        account=users.account[people],
        role=role_names()[users.role[people]],
        created_at=users.created_at[people] * 1_000_000,
        in_history=users.created_day[people] >= day.number,
        is_test=is_test(company, people),
        tracked=~company.part(Product).people.blocked[people],
    )


def _tell_blocked(company: Company, day: Day, people: Rows) -> None:
    blocked = people[company.part(Product).people.blocked[people]]
    keys = blocked.astype(str).astype(object)
    tell_mess(day, "tracking_blocked", "posthog", keys, company.users.account[blocked], 1.0)


def role_names() -> NDArray[np.object_]:
    """Names of the roles by number."""
    return np.array(["owner", "manager", "bartender", "analyst"], dtype=object)
