"""What devices tell the customers' hazards of the next day."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.devices.machine import T_MONITORED, T_POURS, T_UP
from tapflow.business.devices.machine import Day as Run
from tapflow.business.devices.state import WINDOW_DAYS, Fleet

_WEEK = 7


def update(company: Company, day: Day, run: Run) -> None:
    """Set `signal_offline_hours_28d` (mean a device) and `signal_usage_ratio` of every account with devices."""
    fleet, device = company.part(Fleet), run.plan["device"]
    today = day.number % WINDOW_DAYS
    down = np.maximum(run.tally[:, T_MONITORED] - run.tally[:, T_UP], 0) // 60
    fleet.offline_minutes[device, today] = down
    fleet.pours[device, today] = np.minimum(run.tally[:, T_POURS], 65_535)
    days_known = min(day.number - fleet.first_day + 1, WINDOW_DAYS)
    week = (day.number - np.arange(min(_WEEK, days_known))) % WINDOW_DAYS
    account = fleet.devices.account[device]
    size = len(company.accounts)
    count = np.bincount(account, minlength=size)
    offline = np.bincount(account, weights=fleet.offline_minutes[device].sum(axis=1, dtype=np.int64), minlength=size)
    long = np.bincount(account, weights=fleet.pours[device].sum(axis=1, dtype=np.int64), minlength=size)
    short = np.bincount(account, weights=fleet.pours[device][:, week].sum(axis=1, dtype=np.int64), minlength=size)
    there = count > 0
    book = company.accounts
    book.signal_offline_hours_28d[:] = np.where(there, offline / 60.0 / np.maximum(count, 1), 0.0)
    usual = long * _WEEK / days_known
    known = there & (usual > 0) & (days_known >= 2 * _WEEK)
    book.signal_usage_ratio[:] = np.where(known, short / np.maximum(usual, 1e-9), 1.0)
