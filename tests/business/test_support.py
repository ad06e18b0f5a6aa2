"""Support: exact business time, courses in order, and what faults, bills and wishes bring."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapflow.business.company import Company
from tapflow.business.customers.state import AccountStatus
from tapflow.business.day import Day
from tapflow.business.engineering.state import Engineering
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.business.support.calendar import BusinessCalendar
from tapflow.business.support.state import LATER, Support
from tapflow.core.clock import day_number

FIRST = day_number(date(2026, 2, 1))
CALENDAR = BusinessCalendar(load_scenario("tiny").support.calendar)
INSTANTS = st.integers(min_value=1_700_000_000, max_value=1_800_000_000)


@given(INSTANTS, st.integers(0, 2_000_000))
def test_business_time_passes_exactly(at: int, wait: int) -> None:
    begun = int(CALENDAR.elapsed(at))
    then = int(CALENDAR.instant(begun + wait))
    assert int(CALENDAR.elapsed(then)) == begun + wait


@given(INSTANTS, INSTANTS)
def test_business_time_never_runs_backwards_or_faster_than_the_clock(one: int, other: int) -> None:
    early, late = sorted((one, other))
    passed = int(CALENDAR.elapsed(late)) - int(CALENDAR.elapsed(early))
    assert 0 <= passed <= late - early


def test_nothing_passes_on_a_sunday() -> None:
    sunday = day_number(date(2026, 2, 8)) * 86_400
    assert CALENDAR.elapsed(sunday) == CALENDAR.elapsed(sunday + 86_399)


@pytest.fixture(scope="module")
def life() -> tuple[Company, list[Day]]:
    company = Company(load_scenario("tiny"), seed=11, first_day=FIRST)
    return company, [step(company) for _ in range(45)]


def told(days: list[Day]) -> dict[str, np.ndarray]:
    parts = [rows for day in days if (rows := day.ledger().get("ticket_event"))]
    return {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}


def test_a_tickets_events_come_in_their_order(life: tuple[Company, list[Day]]) -> None:
    events = told(life[1])
    order = {k: i for i, k in enumerate(("created", "responded", "solved", "reopened", "resolved"))}
    last: dict[int, tuple[int, int]] = {}
    for ticket, at, kind in zip(events["ticket"], events["at"], events["kind"], strict=True):
        if kind in order:
            before = last.get(int(ticket), (-1, 0))
            assert order[kind] == before[0] + 1 or before == (-1, 0)
            assert at >= before[1]
            last[int(ticket)] = (order[kind], int(at))


def test_a_response_tells_the_business_seconds_it_took(life: tuple[Company, list[Day]]) -> None:
    events = told(life[1])
    created = {
        int(t): int(a) for t, a, k in zip(events["ticket"], events["at"], events["kind"], strict=True) if k == "created"
    }
    answered = [
        (int(t), int(a), s)
        for t, a, k, s in zip(events["ticket"], events["at"], events["kind"], events["business_seconds"], strict=True)
        if k == "responded" and int(t) in created
    ]
    assert len(answered) > 20
    for ticket, at, seconds in answered:
        passed = CALENDAR.elapsed(at // 1_000_000) - CALENDAR.elapsed(created[ticket] // 1_000_000)
        assert passed == seconds


def test_closed_tickets_are_forgotten(life: tuple[Company, list[Day]]) -> None:
    company, _ = life
    tickets = company.part(Support).tickets
    assert (tickets.closed_at >= company.last_day * 86_400).all()
    assert len(tickets) < company.part(Support).next_number
    assert (tickets.closed_at[tickets.rated_at != LATER] > tickets.rated_at[tickets.rated_at != LATER]).all()


def test_wishes_reach_engineering(life: tuple[Company, list[Day]]) -> None:
    company, days = life
    opened = [f for d in days if (f := d.fact("ticket_opened"))]
    wished = {int(t) for f in opened for t in f["ticket"][f["category"] == "feature_request"]}
    heard = {int(t) for t in company.part(Engineering).issues.ticket if t >= 0}
    assert wished and heard <= wished
    assert len(heard) >= len(wished) / 2, "what is shipped already is not asked for again, most else is"


def test_device_faults_bring_tickets_about_the_device(life: tuple[Company, list[Day]]) -> None:
    events = told(life[1])
    about = (events["kind"] == "created") & (events["category"] == "device_fault")
    assert about.any()
    assert all(device is not None for device in events["device"][about])


def test_the_seed_of_the_calendar_is_the_scenarios() -> None:
    seed = Path(__file__).resolve().parents[2] / "warehouse" / "seeds" / "support_calendar.csv"
    rows = [[int(v) for v in line.split(",")] for line in seed.read_text().split()[1:]]
    expected = [
        [
            i + 1,
            int(CALENDAR.opens[i]),
            int(CALENDAR.opens[i] + CALENDAR.length[i]),
            int(CALENDAR.before[i]),
            CALENDAR.week_seconds,
        ]
        for i in range(7)
    ]
    assert rows == expected


def test_agents_are_hired_as_customers_come() -> None:
    scenario = load_scenario("tiny", {"support": {"accounts_per_agent": 20}})
    company = Company(scenario, seed=11, first_day=FIRST)
    step(company)
    first = len(company.part(Support).agents)
    assert first == -(-int((company.accounts.status == AccountStatus.ACTIVE).sum()) // 20)
    company.accounts.status[company.accounts.rows[: len(company.accounts) // 2]] = AccountStatus.CHURNED
    step(company)
    assert len(company.part(Support).agents) == first, "nobody is let go"
