"""Where tickets come from: device faults, failing payments, questions, wishes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER, AccountStatus, Role
from tapflow.business.day import Columns, Day
from tapflow.business.support.state import Category, Support
from tapflow.core.clock import SECONDS_PER_DAY

Ints = NDArray[np.int64]


def arising(company: Company, day: Day) -> Columns:
    """The day's new tickets as columns account, category, cause (a device or -1) and at."""
    _note_faults(company, day)
    parts = [_reports(company, day), *_from_accounts(company, day)]
    return {k: np.concatenate([p[k] for p in parts]) for k in ("account", "category", "cause", "at")}


def _note_faults(company: Company, day: Day) -> None:
    # A share of the day's faults is reported, after a while: the report waits in memory.
    faults = day.fact("device_fault")
    if faults is None:
        return
    parameters = company.scenario.support
    number = faults["device"] * 8 + np.arange(len(faults["device"])) % 8
    told = day.chance.happens("support/reported", number, parameters.fault_to_ticket)
    wait = day.chance.exponential("support/report_delay", number, parameters.fault_delay_hours * 3600)
    company.part(Support).reports.append(
        account=faults["account"][told],
        device=faults["device"][told],
        at=faults["at"][told] + np.minimum(wait[told], 3 * SECONDS_PER_DAY).astype(np.int64),
        done=False,
    )


def _reports(company: Company, day: Day) -> Columns:
    reports = company.part(Support).reports
    due = np.flatnonzero(~reports.done & (reports.at < day.end_seconds))
    columns = _columns(reports.account[due], Category.DEVICE_FAULT, reports.device[due], reports.at[due])
    reports.done[due] = True
    if len(reports) > 10_000:
        reports.keep(~reports.done)
    return columns


def _from_accounts(company: Company, day: Day) -> list[Columns]:
    book, parameters = company.accounts, company.scenario.support
    rows = np.flatnonzero(np.isin(book.status, (AccountStatus.ACTIVE, AccountStatus.TRIAL)))
    fresh = day.number - book.created_day[rows] < parameters.newcomer_days
    houses = np.sqrt(np.maximum(book.locations[rows], 1))
    rates = {
        Category.HOW_TO: parameters.questions * houses * np.where(fresh, parameters.newcomer_factor, 1.0),
        Category.BILLING: parameters.failing_to_ticket * book.signal_payment_failing[rows],
        Category.FEATURE_REQUEST: parameters.requests * houses,
    }
    parts = []
    for category, rate in rates.items():
        asking = rows[day.chance.happens(f"support/{category.name}", rows, np.minimum(rate, 1.0))]
        at = day.start_seconds + _waking_seconds(company, day, asking, category)
        parts.append(_columns(asking, category, np.full(len(asking), -1), at))
    return parts


def _waking_seconds(company: Company, day: Day, accounts: Ints, category: Category) -> Ints:
    # People write in their waking hours, with a share at any hour.
    writing = company.scenario.support.writing
    u = day.chance.uniform(f"support/at/{category.name}", accounts)
    anyhow = day.chance.happens(f"support/anyhow/{category.name}", accounts, writing.any_hour)
    hour = np.where(anyhow, u * 24, writing.from_hour + u * (writing.to_hour - writing.from_hour))
    return np.asarray(hour * 3600).astype(np.int64)


def _columns(account: Ints, category: Category, cause: Ints, at: Ints) -> Columns:
    return {
        "account": np.asarray(account, dtype=np.int64),
        "category": np.full(len(account), category, dtype=np.int64),
        "cause": np.asarray(cause, dtype=np.int64),
        "at": np.asarray(at, dtype=np.int64),
    }


def requesters(company: Company, day: Day, accounts: Ints, numbers: Ints) -> Ints:
    """For each account one of its people who may write to support: the owner, or a manager."""
    users = company.users
    owner = np.full(len(company.accounts), -1, dtype=np.int64)
    manager = np.full(len(company.accounts), -1, dtype=np.int64)
    there = users.deleted_day == NEVER
    for found, role in ((owner, Role.OWNER), (manager, Role.MANAGER)):
        rows = np.flatnonzero(there & (users.role == role) & (users.account >= 0))
        found[users.account[rows]] = rows
    share = company.scenario.support.writing.by_manager
    by_manager = (manager[accounts] >= 0) & day.chance.happens("support/manager", numbers, share)
    return np.where(by_manager, manager[accounts], owner[accounts])
