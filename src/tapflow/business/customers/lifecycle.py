"""A day of the customers, in order."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.arrivals import arrive
from tapflow.business.customers.found import found
from tapflow.business.customers.growth import grow, shrink
from tapflow.business.customers.leaving import leave, pause, win_back
from tapflow.business.customers.people import move
from tapflow.business.customers.renewals import renew
from tapflow.business.customers.state import AccountStatus, Channel, Industry, Interval, Plan
from tapflow.business.customers.subscriptions import YearEnd, record_movements
from tapflow.business.customers.trials import begin_signed, decide, onboard
from tapflow.business.day import Day
from tapflow.core.clock import day_date

__all__ = ["found", "step"]


def step(company: Company, day: Day) -> None:
    """One day: who arrives, tries, pays, leaves, pauses, returns, grows, shrinks, renews; then the movements."""
    arrive(company, day)
    onboard(company, day)
    decide(company, day)
    begin_signed(company, day)
    leave(company, day)
    renew(company, day)
    pause(company, day)
    win_back(company, day)
    grow(company, day)
    shrink(company, day)
    move(company, day)
    record_movements(company, day)
    if day_date(day.number + 1).timetuple().tm_yday == 1:
        company.part(YearEnd).take(company, day)
    _tell_accounts(company, day)


def _words(kind: type[IntEnum]) -> NDArray[np.object_]:
    return np.array([member.name.lower() for member in kind], dtype=object)


def _tell_accounts(company: Company, day: Day) -> None:
    changed = day.fact("account_changed")
    if changed is None:
        return
    rows = np.unique(changed["account"])
    book, regions = company.accounts, company.scenario.customers.regions
    countries = np.array([r.country for r in regions], dtype=object)
    names = np.array([r.name for r in regions], dtype=object)
    day.tell(
        "account",
        account=rows,
        day=np.full(len(rows), day.number),
        prospect=book.prospect[rows],
        created_at=book.created_at[rows] * 1_000_000,
        channel=_words(Channel)[book.channel[rows]],
        industry=_words(Industry)[book.industry[rows]],
        country=countries[book.country[rows]],
        region=names[book.country[rows]],
        status=_words(AccountStatus)[book.status[rows]],
        plan=_words(Plan)[book.plan[rows]],
        interval=_words(Interval)[book.interval[rows]],
        locations=book.locations[rows],
        taps=book.taps[rows],
        is_test=book.is_test[rows],
        sales_assisted=book.sales_assisted[rows],
    )
