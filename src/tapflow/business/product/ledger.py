"""Writing the day's use of the product to the ledger, from what people did."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.product import usage
from tapflow.business.product.events import EventCodes
from tapflow.business.product.people import is_test
from tapflow.business.product.state import Product
from tapflow.business.product.use import Today

Rows = NDArray[np.int64]


def tell(company: Company, day: Day, today: Today, adopters: Rows) -> None:
    """The day's rows of `user_day`, `app_session`, `feature_day` and `app_error`."""
    there = np.flatnonzero(today.totals[:, usage.SESSIONS] > 0)
    people, totals = today.people[there], today.totals[there]
    day.tell(
        "user_day",
        day=np.full(len(there), day.number, dtype=np.int32),
        user=people,
        account=company.users.account[people],
        role=company.users.role[people].astype(np.int64),
        sessions=totals[:, usage.SESSIONS],
        events=totals[:, usage.EVENTS],
        feature_events=totals[:, usage.FEATURE_EVENTS],
        errors=totals[:, usage.ERRORS],
        features=totals[:, usage.FEATURES],
        seconds=totals[:, usage.SECONDS],
        is_test=today.test[there],
        tracked=today.tracked[there],
        arrived_on=today.arrives[there],
    )
    sessions = today.sessions
    owner = sessions[:, usage.S_PERSON]
    day.tell(
        "app_session",
        day=np.full(len(sessions), day.number, dtype=np.int32),
        user=today.people[owner],
        seconds=(sessions[:, usage.S_END] - sessions[:, usage.S_START]).astype(np.int64),
        events=sessions[:, usage.S_EVENTS].astype(np.int64),
        is_mobile=sessions[:, usage.S_MOBILE] == 1,
        is_test=today.test[owner],
        tracked=today.tracked[owner],
        arrived_on=today.arrives[owner],
    )
    _tell_features(company, day, today, adopters)
    _tell_errors(company, day, today)


def _tell_features(company: Company, day: Day, today: Today, adopters: Rows) -> None:
    features = company.scenario.product.features
    launched = company.part(Product).features.launched_day
    shown = np.flatnonzero((launched != NEVER) & (launched < day.number))
    person, code = today.events[:, usage.PERSON], today.events[:, usage.CODE]
    keys = np.array([f.key for f in features], dtype=object)
    recent = _recent_users(company, day)
    for tracked, arrives in _groups(day, today):
        whole = (today.tracked == tracked) & (today.arrives == arrives) & ~today.test
        masks = today.totals[whole, usage.FEATURES]
        used = (masks[:, None] >> np.arange(len(features))[None, :]) & 1
        events = np.bincount(code[whole[person] & (code < len(features))], minlength=len(features))
        # What is no sum over days stands once: of the tracked, and of the others.
        first = arrives == day.number
        day.tell(
            "feature_day",
            day=np.full(len(shown), day.number, dtype=np.int32),
            feature=keys[shown],
            number=shown,
            users=used.sum(axis=0)[shown],
            events=events[shown],
            users_28d=recent[int(tracked)][shown] * first,
            adopters=adopters[shown] * (first and tracked),
            tracked=np.full(len(shown), tracked),
            arrived_on=np.full(len(shown), arrives, dtype=np.int32),
        )


def _groups(day: Day, today: Today) -> list[tuple[bool, int]]:
    # Tracked people by the day on which their events arrive, today's first; then the others, who use no phone.
    arrives = np.unique(today.arrives).tolist()
    return [*((True, a) for a in sorted({day.number, *arrives})), (False, day.number)]


def _recent_users(company: Company, day: Day) -> tuple[Rows, Rows]:
    """People who used each feature within 28 days of the simulated time, tests left out: untracked, tracked."""
    memory = company.part(Product)
    since = max(day.number - 27, company.first_day)
    used = memory.last_used[: len(memory.people)] >= since
    real = ~is_test(company, memory.people.rows)
    blocked = memory.people.blocked
    return used[real & blocked].sum(axis=0), used[real & ~blocked].sum(axis=0)


def _tell_errors(company: Company, day: Day, today: Today) -> None:
    features = company.scenario.product.features
    codes = EventCodes.of(company.scenario.product)
    rows = np.flatnonzero(today.events[:, usage.CODE] == codes.exception)
    person = today.events[rows, usage.PERSON]
    rows, person = rows[~today.test[person]], person[~today.test[person]]
    mobile = np.repeat(today.sessions[:, usage.S_MOBILE] == 1, today.sessions[:, usage.S_EVENTS])[rows]
    release = np.where(mobile, today.phone_release[person], today.web_release)
    lag, lags = today.arrives[person] - day.number, company.scenario.product.tracking.late_days_most + 1
    cell = ((release * len(features) + today.events[rows, usage.DETAIL]) * lags + lag) * 2 + today.tracked[person]
    cells, counts = np.unique(cell, return_counts=True)
    keys = np.array([f.key for f in features], dtype=object)
    day.tell(
        "app_error",
        day=np.full(len(cells), day.number, dtype=np.int32),
        release=cells // 2 // lags // len(features),
        feature=keys[cells // 2 // lags % len(features)],
        errors=counts,
        tracked=cells % 2 == 1,
        arrived_on=day.number + cells // 2 % lags,
    )
