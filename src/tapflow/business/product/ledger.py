"""Writing the day's use of the product to the ledger, from what people did."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.product import usage
from tapflow.business.product.events import EventCodes
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
    )
    _tell_features(company, day, today, adopters)
    _tell_errors(company, day, today)


def _tell_features(company: Company, day: Day, today: Today, adopters: Rows) -> None:
    features = company.scenario.product.features
    launched = company.part(Product).features.launched_day
    shown = np.flatnonzero((launched != NEVER) & (launched < day.number))
    person, code = today.events[:, usage.PERSON], today.events[:, usage.CODE]
    keys = np.array([f.key for f in features], dtype=object)
    for tracked in (True, False):
        whole = (today.tracked == tracked) & ~today.test
        masks = today.totals[whole, usage.FEATURES]
        used = (masks[:, None] >> np.arange(len(features))[None, :]) & 1
        events = np.bincount(code[whole[person] & (code < len(features))], minlength=len(features))
        day.tell(
            "feature_day",
            day=np.full(len(shown), day.number, dtype=np.int32),
            feature=keys[shown],
            number=shown,
            users=used.sum(axis=0)[shown],
            events=events[shown],
            adopters=adopters[shown] if tracked else np.zeros(len(shown), dtype=np.int64),
            tracked=np.full(len(shown), tracked),
        )


def _tell_errors(company: Company, day: Day, today: Today) -> None:
    features = company.scenario.product.features
    codes = EventCodes.of(company.scenario.product)
    rows = np.flatnonzero(today.events[:, usage.CODE] == codes.exception)
    person = today.events[rows, usage.PERSON]
    rows, person = rows[~today.test[person]], person[~today.test[person]]
    mobile = np.repeat(today.sessions[:, usage.S_MOBILE] == 1, today.sessions[:, usage.S_EVENTS])[rows]
    release = np.where(mobile, today.phone_release[person], today.web_release)
    cell = (release * len(features) + today.events[rows, usage.DETAIL]) * 2 + today.tracked[person]
    cells, counts = np.unique(cell, return_counts=True)
    keys = np.array([f.key for f in features], dtype=object)
    day.tell(
        "app_error",
        day=np.full(len(cells), day.number, dtype=np.int32),
        release=cells // 2 // len(features),
        feature=keys[cells // 2 % len(features)],
        errors=counts,
        tracked=cells % 2 == 1,
    )
