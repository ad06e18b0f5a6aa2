"""The customers' invariants, over a small company that lives for a while."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tapflow.business.company import Company
from tapflow.business.customers.periods import add_months, next_period_start, period_start, renews_on
from tapflow.business.customers.pricing import mrr_by_subscription
from tapflow.business.customers.state import NEVER, AccountStatus, Interval
from tapflow.business.day import Day
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.core.clock import day_number

FIRST = day_number(date(2025, 12, 1))  # so that a year turns within the span
DAYS = 75


@pytest.fixture(scope="module")
def life() -> tuple[Company, list[Day]]:
    company = Company(load_scenario("tiny"), seed=5, first_day=FIRST)
    return company, [step(company) for _ in range(DAYS)]


def movements(days: list[Day]) -> dict[str, np.ndarray]:
    parts = [told for day in days if (told := day.ledger().get("mrr_movement"))]
    return {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}


def test_movements_explain_every_change_of_mrr_to_the_cent(life: tuple[Company, list[Day]]) -> None:
    company, days = life
    told = movements(days)
    by_subscription = np.zeros(len(company.subscriptions), dtype=np.int64)
    np.add.at(by_subscription, told["subscription"], told["amount_usd_minor"])
    assert np.array_equal(by_subscription, mrr_by_subscription(company, company.last_day))
    assert np.array_equal(by_subscription, company.subscriptions.mrr_minor)


def test_a_years_new_rates_are_a_movement_of_their_own(life: tuple[Company, list[Day]]) -> None:
    company, days = life
    told = movements(days)
    fx = told["kind"] == "fx"
    new_year = day_number(date(2026, 1, 1)) * 86_400 * 1_000_000
    assert fx.any()
    assert set(told["at"][fx]) == {new_year}
    currencies = company.subscriptions.currency[told["subscription"][fx]]
    assert (currencies > 0).all(), "dollars have no rate"


def test_one_movement_a_customer_day_but_for_rates(life: tuple[Company, list[Day]]) -> None:
    told = movements(life[1])
    own = ~np.isin(told["kind"], ("fx", "opening"))
    keys = list(zip(told["account"][own], told["at"][own] // 86_400_000_000, strict=True))
    assert len(keys) == len(set(keys))


def test_kinds_follow_from_what_was_paid_before(life: tuple[Company, list[Day]]) -> None:
    told = movements(life[1])
    paid: set[int] = set()
    running: dict[int, int] = {}
    for account, kind, amount in zip(told["account"], told["kind"], told["amount_usd_minor"], strict=True):
        before = running.get(account, 0)
        after = before + int(amount)
        if kind == "new":
            assert before == 0 and account not in paid
        elif kind == "reactivation":
            assert before == 0 and account in paid
        elif kind == "churned":
            assert after == 0 and before > 0
        elif kind == "expansion":
            assert after > before > 0
        elif kind == "contraction":
            assert 0 < after < before
        running[account] = after
        paid.add(account)


def test_statuses_and_subscriptions_agree(life: tuple[Company, list[Day]]) -> None:
    company, _ = life
    book = company.accounts
    live = company.subscriptions.ended_day == NEVER
    owners = company.subscriptions.account[live]
    assert len(owners) == len(set(owners)), "two live subscriptions of one account"
    paying = np.isin(book.status, (AccountStatus.ACTIVE, AccountStatus.PAUSED))
    assert set(owners) == set(np.flatnonzero(paying))


def test_counts_of_locations_and_taps_are_the_sums_of_the_open_ones(life: tuple[Company, list[Day]]) -> None:
    company, _ = life
    table = company.locations
    is_open = table.closed_day == NEVER
    taps = np.bincount(table.account[is_open], weights=table.taps[is_open], minlength=len(company.accounts))
    count = np.bincount(table.account[is_open], minlength=len(company.accounts))
    assert np.array_equal(taps.astype(int), company.accounts.taps)
    assert np.array_equal(count, company.accounts.locations)


def test_the_starting_population_has_the_profiles_size() -> None:
    company = Company(load_scenario("tiny"), seed=9, first_day=FIRST)
    day = step(company)
    opening = day.ledger()["mrr_movement"]["kind"] == "opening"
    assert opening.sum() == 200
    founding = company.accounts.prospect < 0
    assert company.accounts.locations[founding].sum() >= 298  # a handful may close or open on the first day


def test_facts_of_a_day_lie_within_it(life: tuple[Company, list[Day]]) -> None:
    for day in life[1][1:]:
        for name in (
            "subscription_started",
            "subscription_ended",
            "account_changed",
            "onboarding_step",
            "item_changed",
        ):
            fact = day.fact(name)
            if fact is not None:
                assert (fact["at"] >= day.start_seconds).all() and (fact["at"] < day.end_seconds).all(), name


def test_periods_hold_their_anchor_through_short_months() -> None:
    anchor = day_number(date(2024, 1, 31))
    assert add_months([anchor], 1, [anchor])[0] == day_number(date(2024, 2, 29))
    assert period_start([anchor], Interval.MONTH, day_number(date(2024, 3, 30)))[0] == day_number(date(2024, 2, 29))
    assert next_period_start([anchor], Interval.MONTH, day_number(date(2024, 2, 29)))[0] == day_number(
        date(2024, 3, 31)
    )
    leap = day_number(date(2024, 2, 29))
    assert next_period_start([leap], Interval.YEAR, leap)[0] == day_number(date(2025, 2, 28))


def test_every_period_begins_once() -> None:
    anchor = day_number(date(2024, 1, 31))
    begun = [d for d in range(anchor, anchor + 367) if renews_on([anchor], Interval.MONTH, d)[0]]
    assert len(begun) == 12
