"""The books: every entry balances, and their balances are what the other domains hold."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.business.living import step_money as step

from tapflow.business.billing.recognition import recognised_through
from tapflow.business.billing.state import Billing, InvoiceStatus
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.finance import chart
from tapflow.business.finance.state import Finance, Journal
from tapflow.business.scenario.load import load_scenario
from tapflow.core.clock import day_number
from tapflow.core.errors import ScenarioInvalid

FIRST = day_number(dt.date(2025, 12, 10))
_SCENARIO = load_scenario("tiny")
_OVERRIDES = {
    "size": {"accounts": 120, "locations": 180, "devices": 260},
    "billing": {
        "collection": {"first_failure": 0.1},
        "refunds": {"chance": 0.15, "open_credit": 0.3},
        "disputes": {"chance": 0.05, "lag_days_mean": 4, "decided_days": [2, 6]},
    },
}


@pytest.fixture(scope="module")
def lived() -> tuple[Company, list[Day]]:
    company = Company(load_scenario("tiny", _OVERRIDES), 8, FIRST)
    return company, [step(company) for _ in range(60)]


def test_every_entry_of_every_day_balances(lived: tuple[Company, list[Day]]) -> None:
    for day in lived[1]:
        rows = day.ledger()["journal_day"]
        for kind in np.unique(rows["kind"].astype(str)):
            some = rows["kind"] == kind
            assert rows["debit_usd_minor"][some].sum() == rows["credit_usd_minor"][some].sum(), kind


def test_the_books_hold_what_billing_holds(lived: tuple[Company, list[Day]]) -> None:
    company = lived[0]
    balance, billing = company.part(Finance).balance, company.part(Billing)
    invoices, schedule = billing.invoices, billing.schedule
    opened = invoices.status == InvoiceStatus.OPEN
    assert balance[chart.RECEIVABLE] == (invoices.total_usd_minor - invoices.credited_usd_minor)[opened].sum()
    assert -balance[chart.DEFERRED] == (schedule.usd_minor - recognised_through(schedule, company.last_day)).sum()
    assert balance[chart.STRIPE] == sum(billing.unsettled.values())
    assert sum(balance.values()) == 0


def test_cash_is_told_as_the_bank_has_it(lived: tuple[Company, list[Day]]) -> None:
    company, days = lived
    told = [int(d.ledger()["cash_day"]["balance_usd_minor"][0]) for d in days]
    moved = 0
    for day, balance in zip(days, told, strict=True):
        rows = day.ledger()["journal_day"]
        bank = rows["gl_account"] == chart.BANK
        moved += int((rows["debit_usd_minor"] - rows["credit_usd_minor"])[bank].sum())
        assert moved == balance
    assert told[-1] == company.part(Finance).balance[chart.BANK]


def test_cost_of_service_has_a_product_line_on_every_line(lived: tuple[Company, list[Day]]) -> None:
    for day in lived[1]:
        rows = day.ledger()["journal_day"]
        assert (rows["product_line"][rows["account_type"] == "COGS"] != "").all()


def test_budgets_run_to_the_years_end_and_begin_anew(lived: tuple[Company, list[Day]]) -> None:
    months = {
        str(np.datetime64(int(m), "D").astype("M8[M]"))
        for day in lived[1]
        if "budget" in day.ledger()
        for m in day.ledger()["budget"]["month"]
    }
    assert months == {"2025-12", *(f"2026-{m:02d}" for m in range(1, 13))}


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(-(10**9), 10**9)), min_size=1, max_size=6))
def test_an_entry_that_does_not_balance_is_refused(lines: list[tuple[str, int]]) -> None:
    company = Company(_SCENARIO, 1, FIRST)
    day, journal = Day(FIRST, company.chance(FIRST)), Journal()
    for kind, amount in lines:
        journal.book(kind, chart.BANK, amount)
    sums = {kind: sum(a for k, a in lines if k == kind) for kind, _ in lines}
    if any(sums.values()):
        with pytest.raises(ValueError, match="do not balance"):
            journal.post(company, day)
    else:
        journal.post(company, day)


def test_a_chart_without_a_needed_account_is_refused() -> None:
    chart_rows = [{"number": 1000, "name": "Bank", "type": "Bank"}]
    with pytest.raises(ScenarioInvalid, match="finance"):
        load_scenario("tiny", {"finance": {"accounts": chart_rows}})
