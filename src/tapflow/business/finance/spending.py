"""Booking what the company spends: service, goods, departments, advertising; and paying for it."""

from __future__ import annotations

import calendar

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import AccountStatus
from tapflow.business.day import Day
from tapflow.business.finance import chart
from tapflow.business.finance.planning import budget_minor
from tapflow.business.finance.revenue import product_lines
from tapflow.business.finance.state import Finance, Journal
from tapflow.core.clock import day_date
from tapflow.core.money import round_minor, share_minor

Ints = NDArray[np.int64]
_DAYS_A_MONTH = 365 / 12


def spend(company: Company, day: Day, journal: Journal) -> None:
    """All of today's entries that come from spending."""
    _serve(company, journal)
    _deliver(company, day, journal)
    _advertise(company, day, journal)
    _pay_departments(company, day, journal)
    _settle_payables(company, day, journal)


def _weights(company: Company) -> Ints:
    lines = company.scenario.finance.cost_of_service.hosting_lines
    return np.array([lines.get(name, 0.0) for name in product_lines(company)])


def _serve(company: Company, journal: Journal) -> None:
    """A day's hosting, connectivity and depreciation, for what is in service."""
    cost, book = company.scenario.finance.cost_of_service, company.accounts
    active = (book.status == AccountStatus.ACTIVE) & ~book.is_test
    taps, locations = int(book.taps[active].sum()), int(book.locations[active].sum())
    hosting = int(active.sum()) * cost.hosting_account_minor + taps * cost.hosting_tap_minor
    for kind, account, against, month in (
        ("hosting", chart.HOSTING, chart.PAYABLE, hosting),
        ("connectivity", chart.CONNECTIVITY, chart.PAYABLE, locations * cost.connectivity_location_minor),
        ("depreciation", chart.DEPRECIATION, chart.DEPRECIATED, taps * cost.depreciation_tap_minor),
    ):
        amount = int(round_minor(month / _DAYS_A_MONTH))
        weights = _weights(company) if account == chart.HOSTING else np.arange(len(product_lines(company))) == 0
        journal.book(kind, account, share_minor(amount, weights), line=np.arange(len(weights)))
        journal.book(kind, against, -amount)


def _deliver(company: Company, day: Day, journal: Journal) -> None:
    """What sold or given goods and visits cost us, at a share of their list price."""
    sold = day.fact("one_off")
    if sold is None:
        return
    plans = company.scenario.plans
    now = np.asarray(sold["at"]) >= day.start_seconds
    now &= ~company.accounts.is_test[np.asarray(sold["account"])]
    for key, price, account in (
        ("hardware", plans.hardware_minor, chart.GOODS),
        ("installation", plans.installation_minor, chart.INSTALLATION),
    ):
        row = plans.product_row(key)
        pieces = int(np.asarray(sold["quantity"])[now & (np.asarray(sold["product"]) == row)].sum())
        amount = int(round_minor(pieces * price * plans.products[row].cost_share))
        line = product_lines(company).index(plans.products[row].line)
        journal.book("delivery", account, amount, line=line)
        journal.book("delivery", chart.PAYABLE, -amount)


def _advertise(company: Company, day: Day, journal: Journal) -> None:
    """Advertising as marketing spent it; without marketing's word, as it was planned."""
    finance = company.scenario.finance
    department = finance.department_row(finance.marketing)
    spent = day.fact("ad_spend")
    if spent is not None:
        amount = int(np.asarray(spent["amount_usd_minor"], dtype=np.int64).sum())
    else:
        amount = int(round_minor(budget_minor(company, day, finance.planning.ads) / _DAYS_A_MONTH))
    journal.book("advertising", chart.ADVERTISING, amount, department=department)
    journal.book("advertising", chart.PAYABLE, -amount)


def _pay_departments(company: Company, day: Day, journal: Journal) -> None:
    """Salaries on the 15th and the last day of a month; tools on the 3rd."""
    date = day_date(day.number)
    last = calendar.monthrange(date.year, date.month)[1]
    planning, departments = company.scenario.finance.planning, company.scenario.finance.departments
    rows = np.arange(len(departments))
    if date.day in (15, last):
        drift = np.exp(planning.payroll_sigma * day.chance.normal("finance/payroll", rows))
        amount = round_minor(budget_minor(company, day, np.array([d.payroll for d in departments])) * drift / 2)
        _book_departments(company, journal, "payroll", [d.payroll_account for d in departments], amount, chart.BANK)
    if date.day == 3:
        drift = np.exp(planning.tools_sigma * day.chance.normal("finance/tools", rows))
        amount = round_minor(budget_minor(company, day, np.array([d.tools for d in departments])) * drift)
        _book_departments(company, journal, "tools", [d.tools_account for d in departments], amount, chart.PAYABLE)


def _book_departments(
    company: Company, journal: Journal, kind: str, accounts: list[int], amount: Ints, against: int
) -> None:
    """Spread a cost of service over product lines; other spending belongs to none."""
    cogs = {a.number for a in company.scenario.finance.accounts if a.type == "COGS"}
    weights = _weights(company)
    for row, (account, value) in enumerate(zip(accounts, amount.tolist(), strict=True)):
        if account in cogs:
            journal.book(kind, account, share_minor(value, weights), department=row, line=np.arange(len(weights)))
        else:
            journal.book(kind, account, value, department=row)
    journal.book(kind, against, -int(amount.sum()))


def _settle_payables(company: Company, day: Day, journal: Journal) -> None:
    """Pay what was owed at last month's end on the agreed day; remember what is owed at this one's."""
    finance = company.part(Finance)
    date = day_date(day.number)
    if date.day == 1:
        finance.owed = -finance.balance.get(chart.PAYABLE, 0)
    if date.day == company.scenario.finance.planning.payables_day and finance.owed > 0:
        journal.book("bills", [chart.PAYABLE, chart.BANK], [finance.owed, -finance.owed])
        finance.owed = 0
