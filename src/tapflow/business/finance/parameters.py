"""The scenario's section `finance`: every number told in `scenario/finance.yml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tapflow.business.finance.chart import REQUIRED
from tapflow.business.scenario.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class LedgerAccount(Strict):
    """An account of the chart."""

    number: int
    name: str
    type: Literal[
        "Bank", "AcctRec", "OthCurrAsset", "FixedAsset", "AcctPay", "DeferRevenue", "Equity", "Income", "COGS",
        "Expense", "OthIncome",
    ]  # fmt: skip


class Department(Strict):
    """A department: its payroll and tools, as shares of the revenue that was planned for."""

    name: str
    payroll: Share
    tools: Share
    payroll_account: int
    tools_account: int


class CostOfService(Strict):
    """What serving customers costs, a month; USD minor units."""

    hosting_account_minor: int  # an active account
    hosting_tap_minor: int  # a tap
    connectivity_location_minor: int  # an open location
    depreciation_tap_minor: int  # a tap: the devices are ours
    hosting_lines: dict[str, Positive]  # product line -> weight of its share in hosting and support


class Planning(Strict):
    """Budgets, made at the beginning of each year for its months."""

    growth_month: float  # planned growth of revenue, a month
    payroll_sigma: Positive  # of the logarithm of actual over budget
    tools_sigma: Positive
    ads: Share  # advertising, of planned revenue: what is spent when marketing tells nothing
    payables_day: int  # of the month: last month's bills are paid
    opening_cash_months: Positive  # cash at the start, in months of MRR


class FinanceParameters(Strict):
    """Section `finance`."""

    accounts: tuple[LedgerAccount, ...]
    departments: tuple[Department, ...]
    marketing: str  # the department that advertises
    cost_of_service: CostOfService
    planning: Planning

    @model_validator(mode="after")
    def _complete(self) -> FinanceParameters:
        numbers = {a.number for a in self.accounts}
        named = REQUIRED | {d.payroll_account for d in self.departments} | {d.tools_account for d in self.departments}
        if missing := sorted(named - numbers):
            raise ValueError(f"accounts lacks {', '.join(map(str, missing))}")
        if self.marketing not in [d.name for d in self.departments]:
            raise ValueError(f"marketing names no department: {self.marketing}")
        return self

    def department_row(self, name: str) -> int:
        """The row of a department by its name."""
        return [d.name for d in self.departments].index(name)
