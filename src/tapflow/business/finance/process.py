"""A day of finance."""

from __future__ import annotations

import numpy as np

from tapflow.business.billing.recognition import recognised_through
from tapflow.business.billing.state import Billing, InvoiceStatus
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.finance import chart
from tapflow.business.finance.planning import plan
from tapflow.business.finance.revenue import book_billing, by_line, product_lines
from tapflow.business.finance.spending import spend
from tapflow.business.finance.state import Finance, Journal
from tapflow.core.money import round_minor


def found(company: Company, day: Day) -> None:
    """The opening balances: cash, what customers owe, what is still to be delivered; the rest is equity."""
    billing, journal = company.part(Billing), Journal()
    invoices, schedule = billing.invoices, billing.schedule
    owed = int(invoices.total_usd_minor[invoices.status == InvoiceStatus.OPEN].sum())
    left = schedule.usd_minor - recognised_through(schedule, day.number - 1)
    deferred = by_line(company, schedule.product.astype(np.int64), left)
    cash = _opening_cash(company)
    journal.book("opening", [chart.BANK, chart.RECEIVABLE], [cash, owed])
    journal.book("opening", chart.DEFERRED, -deferred, line=np.arange(len(deferred)))
    journal.book("opening", chart.EQUITY, int(deferred.sum()) - cash - owed)
    journal.post(company, day)


def _opening_cash(company: Company) -> int:
    real = ~company.accounts.is_test[company.subscriptions.account]
    month = int(company.subscriptions.mrr_minor[real].sum())
    return int(round_minor(month * company.scenario.finance.planning.opening_cash_months))


def step(company: Company, day: Day) -> None:
    """Book the day, tell it."""
    journal = Journal()
    plan(company, day)
    book_billing(company, day, journal)
    spend(company, day, journal)
    journal.post(company, day)
    balance = company.part(Finance).balance.get(chart.BANK, 0)
    day.emit("bank_balance", account=np.array([chart.BANK]), balance_minor=balance)
    day.tell("cash_day", day=np.array([day.number]), balance_usd_minor=balance)
    _tell(company, day)


def _tell(company: Company, day: Day) -> None:
    finance = company.scenario.finance
    departments = np.array([*(d.name for d in finance.departments), ""], dtype=object)
    budget = day.fact("budget")
    if budget is not None:
        first = budget["month"].astype("M8[M]").astype("M8[D]").astype(np.int64)
        day.tell(
            "budget", month=first, gl_account=budget["account"], department=departments[budget["department"]],
            amount_usd_minor=budget["amount_minor"],
        )  # fmt: skip
    lines = day.fact("journal_line")
    if lines is None:
        return
    types = {a.number: a.type for a in finance.accounts}
    named = np.array([*product_lines(company), ""], dtype=object)
    day.tell(
        "journal_day", day=day.number, kind=lines["kind"], gl_account=lines["account"],
        account_type=np.array([types[a] for a in lines["account"].tolist()], dtype=object),
        department=departments[lines["department"]], product_line=named[lines["line"]],
        debit_usd_minor=np.maximum(lines["amount_minor"], 0), credit_usd_minor=np.maximum(-lines["amount_minor"], 0),
    )  # fmt: skip
