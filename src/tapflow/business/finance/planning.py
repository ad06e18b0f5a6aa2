"""The year's plan: budgets by month, department and ledger account, made at each year's beginning."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.finance import chart
from tapflow.business.finance.state import NONE, Finance
from tapflow.core.clock import day_date
from tapflow.core.money import round_minor

_MONTHS = 12


def month_number(day: int) -> int:
    """Months from January 1970 to the month of a day."""
    date = day_date(day)
    return (date.year - 1970) * _MONTHS + date.month - 1


def plan(company: Company, day: Day) -> None:
    """On the first day and at each year's beginning: set the plan and tell its `budget` lines."""
    date, finance = day_date(day.number), company.part(Finance)
    if day.number != company.first_day and (date.month, date.day) != (1, 1):
        return
    real = ~company.accounts.is_test[company.subscriptions.account]
    finance.planned_minor = int(company.subscriptions.mrr_minor[real].sum())
    finance.planned_month = month_number(day.number)
    months = np.arange(finance.planned_month, (date.year - 1969) * _MONTHS)
    for account, department, share in _shares(company):
        amount = round_minor(_revenue(company, months) * share)
        day.emit("budget", month=months, account=account, department=department, amount_minor=amount)


def _shares(company: Company) -> list[tuple[int, int, float]]:
    """(ledger account, row of department, share of planned revenue) of every budget line."""
    finance = company.scenario.finance
    rows: list[tuple[int, int, float]] = [(chart.REVENUE["platform"], NONE, 1.0)]
    for row, department in enumerate(finance.departments):
        rows.append((department.payroll_account, row, department.payroll))
        rows.append((department.tools_account, row, department.tools))
    rows.append((chart.ADVERTISING, finance.department_row(finance.marketing), finance.planning.ads))
    return rows


def _revenue(company: Company, months: ArrayLike) -> NDArray[np.float64]:
    """Planned revenue of months, USD minor units."""
    finance = company.part(Finance)
    ahead = np.asarray(months) - finance.planned_month
    return np.asarray(finance.planned_minor * (1 + company.scenario.finance.planning.growth_month) ** ahead)


def budget_minor(company: Company, day: Day, share: ArrayLike) -> NDArray[np.float64]:
    """This month's budget for a share of planned revenue, USD minor units."""
    return np.asarray(_revenue(company, month_number(day.number)) * np.asarray(share))
