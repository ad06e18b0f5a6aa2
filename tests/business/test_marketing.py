"""Marketing's invariants, over a small company that lives for a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest

from tapflow.business.company import Company
from tapflow.business.customers import lifecycle
from tapflow.business.day import Day
from tapflow.business.marketing import campaigns, process, prospects
from tapflow.business.marketing.parameters import KINDS
from tapflow.business.marketing.state import OWNERS, STRANGERS, Marketing
from tapflow.business.marketing.visits import SESSION_GAP_SECONDS, blocked, unseen_by_analytics
from tapflow.business.scenario.load import load_scenario
from tapflow.core.clock import day_number
from tapflow.core.errors import ScenarioInvalid

FIRST = day_number(date(2026, 1, 12))
DAYS = 60
Columns = dict[str, np.ndarray]


def live(company: Company, days: int) -> Iterator[Day]:
    """Days of marketing and customers alone: all that this domain needs of the company."""
    for _ in range(days):
        number = company.last_day + 1
        day = Day(number, company.chance(number))
        if number == company.first_day:
            lifecycle.found(company, day)
            process.found(company, day)
        process.step(company, day)
        lifecycle.step(company, day)
        company.last_day = number
        yield day


@pytest.fixture(scope="module")
def life() -> tuple[Company, list[Day]]:
    company = Company(load_scenario("tiny"), seed=7, first_day=FIRST)
    return company, list(live(company, DAYS))


def told(days: list[Day], table: str) -> Columns:
    parts = [rows for day in days if (rows := day.ledger().get(table))]
    return {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}


def facts(days: list[Day], fact: str) -> Columns:
    parts = [rows for day in days if (rows := day.fact(fact))]
    return {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}


def test_one_campaign_of_each_template_runs_each_day(life: tuple[Company, list[Day]]) -> None:
    company, _ = life
    table = company.part(Marketing).campaigns
    for day in range(FIRST, FIRST + DAYS):
        going = (table.begin_day <= day) & (table.end_day >= day)
        assert sorted(table.template[going]) == list(range(len(company.scenario.marketing.campaigns)))


def test_advertising_costs_what_its_clicks_cost(life: tuple[Company, list[Day]]) -> None:
    ads = told(life[1], "ad_performance")
    assert (ads["clicks"] <= ads["impressions"]).all()
    assert ((ads["cost_usd_minor"] > 0) == (ads["clicks"] > 0)).all()
    assert (ads["conversions"] <= facts(life[1], "form_submission")["at"].size).all()
    spent = facts(life[1], "ad_spend")["amount_usd_minor"].sum()
    assert spent == ads["cost_usd_minor"].sum() > 0


def test_a_doubled_cost_halves_the_clicks() -> None:
    company = Company(load_scenario("demo"), seed=7, first_day=FIRST)
    memory, day = company.part(Marketing), Day(FIRST, company.chance(FIRST))
    campaigns.begin_cycles(company, memory, day)
    plain = campaigns.advertise(company, memory, day, np.ones(len(KINDS)))
    doubled = campaigns.advertise(company, memory, day, np.where(np.array(KINDS) == "paid_search", 2.0, 1.0))
    template = memory.campaigns.template[plain.campaign]
    search = np.array([t.channel == "paid_search" for t in company.scenario.marketing.campaigns])[template]
    assert abs(doubled.cpc_minor[search] / plain.cpc_minor[search] - 2).max() < 0.01
    assert 0.3 < doubled.clicks[search].sum() / plain.clicks[search].sum() < 0.7
    assert np.array_equal(doubled.clicks[~search], plain.clicks[~search])


def test_the_scheduled_incident_reaches_the_price_of_a_click() -> None:
    incident = {"kind": "channel_cost_doubles", "first_day": 0, "last_day": 3, "target": "paid_search", "effect": 2.0}
    company = Company(load_scenario("tiny", {"incidents": {"scheduled": [incident]}}), seed=7, first_day=FIRST)
    days = list(live(company, 5))
    clicks = [told([day], "ad_performance") for day in days]
    price = [c["cost_usd_minor"][c["channel"] == "paid_search"].sum() / max(c["clicks"][c["channel"] == "paid_search"].sum(), 1) for c in clicks]  # fmt: skip  # noqa: E501
    assert min(price[:4]) > 1.5 * price[4]


def test_what_happens_in_a_day_lies_within_it(life: tuple[Company, list[Day]]) -> None:
    for day in life[1]:
        events = day.fact("web_event")
        assert events is not None
        seconds = events["at_us"] // 1_000_000
        assert seconds.min() >= day.start_seconds and seconds.max() < day.end_seconds
        for fact in ("signup_intent", "lead_created", "form_submission", "contact_changed"):
            rows = day.fact(fact)
            if rows is not None and day.number > FIRST:
                assert (rows["at"] >= day.start_seconds).all() and (rows["at"] < day.end_seconds).all(), fact


def test_a_visit_is_a_session(life: tuple[Company, list[Day]]) -> None:
    visits = told(life[1], "web_visit")
    start = visits["start_at"] // 1_000_000
    end = start + visits["duration_seconds"]
    order = np.lexsort((start, visits["visitor"]))
    same = visits["visitor"][order][1:] == visits["visitor"][order][:-1]
    pause = start[order][1:] - end[order][:-1]
    assert same.any() and pause[same].min() > SESSION_GAP_SECONDS
    for day in life[1][:10]:
        events, seen = day.fact("web_event"), day.fact("web_visit")
        assert events is not None and seen is not None
        ordered = np.lexsort((events["at_us"], events["visit"]))
        gaps = np.diff(events["at_us"][ordered])[np.diff(events["visit"][ordered]) == 0]
        assert gaps.max() < SESSION_GAP_SECONDS * 1_000_000
        first = np.full(len(seen["start_at"]), np.iinfo(np.int64).max)
        np.minimum.at(first, events["visit"], events["at_us"])
        assert np.array_equal(first // 1_000_000, seen["start_at"])


def test_visits_around_midnight_are_still_sessions_of_their_own() -> None:
    hours = [0] * 24
    hours[18] = hours[19] = 1  # midnight UTC in New York
    eager = {"prospects": {"touch_again": 0.9}, "website": {"hours": hours}}
    company = Company(load_scenario("tiny", {"marketing": eager}), seed=7, first_day=FIRST)
    visits = told(list(live(company, 6)), "web_visit")
    start = visits["start_at"] // 1_000_000
    order = np.lexsort((start, visits["visitor"]))
    same = visits["visitor"][order][1:] == visits["visitor"][order][:-1]
    pause = start[order][1:] - (start + visits["duration_seconds"])[order][:-1]
    assert (pause[same] < 3 * SESSION_GAP_SECONDS).any(), "nobody came twice around a midnight"
    assert pause[same].min() > SESSION_GAP_SECONDS


def test_the_dice_follow_the_hazards(life: tuple[Company, list[Day]]) -> None:
    hazards = told(life[1], "prospect_hazard")
    expected, came = hazards["expected_conversions"].sum(), hazards["conversions"].sum()
    assert abs(came - expected) < 4 * np.sqrt(expected)
    touched = hazards["touched_today"]
    rate = [hazards["expected_conversions"][m].sum() / hazards["at_risk"][m].sum() for m in (touched, ~touched)]
    assert rate[0] > 1.5 * rate[1]


def test_an_effect_fades_by_half_in_its_half_life() -> None:
    company = Company(load_scenario("tiny"), seed=7, first_day=FIRST)
    memory, half_life = company.part(Marketing), company.scenario.marketing.touches.half_life_days
    memory.pool.append(1, prospect=1, alive=True, intent=1e-12, log_effect=np.log(4.0), contact_at=-1)
    quiet = prospects.PoolDay(np.array([-1], dtype=np.int8), np.array([-1]), np.array([-1]), np.array([False]))
    for number in range(FIRST, FIRST + int(half_life)):
        prospects.decide(company, memory, Day(number, company.chance(number)), quiet)
    assert memory.pool.log_effect[0] == pytest.approx(np.log(2.0))


def test_prospects_are_numbered_once_for_ever(life: tuple[Company, list[Day]]) -> None:
    company, days = life
    numbers = told(days, "prospect")["prospect"]
    assert len(np.unique(numbers)) == len(numbers)
    comers = facts(days, "signup_intent")["prospect"]
    leads = facts(days, "lead_created")["prospect"]
    everyone = np.concatenate([comers, leads])
    assert len(np.unique(everyone)) == len(everyone)
    assert everyone.max() < STRANGERS
    signed = company.accounts.prospect[company.accounts.created_day >= FIRST]
    assert set(comers) <= set(signed)


def test_new_business_comes_in_measure(life: tuple[Company, list[Day]]) -> None:
    company, days = life
    a_day = facts(days, "signup_intent")["at"].size / DAYS * 20_000 / company.scenario.size.accounts
    assert 100 < a_day < 220
    wanted = facts(days, "signup_intent")["locations_wanted"]
    assert wanted.min() >= 1 and np.median(wanted) == 1


def test_the_pool_stays_bounded(life: tuple[Company, list[Day]]) -> None:
    company, days = life
    memory = company.part(Marketing)
    assert memory.pool.alive.all()
    assert (memory.pool.end_day > company.last_day).all()
    most = company.scenario.marketing.prospects.interest_days_most
    assert (memory.pool.end_day <= company.last_day + most).all()
    gone = facts(days, "signup_intent")["at"].size + facts(days, "lead_created")["at"].size
    assert len(memory.contacts) == gone == len(memory.contact_rows)
    assert not np.isin(memory.pool.prospect, memory.contacts.contact).any()


def test_mails_become_what_they_can(life: tuple[Company, list[Day]]) -> None:
    mails = told(life[1], "email_message")
    for later, earlier in (("opened", "delivered"), ("clicked", "opened"), ("unsubscribed", "opened")):
        assert not (mails[later] & ~mails[earlier]).any()


def test_nobody_is_written_to_who_wanted_no_more() -> None:
    weary = {"emails": {"unsubscribed": 0.5, "nurture_every_days": 2, "newsletter_every_days": 3}}
    company = Company(load_scenario("tiny", {"marketing": weary}), seed=7, first_day=FIRST)
    mails = told(list(live(company, 12)), "email_message")
    left: dict[int, int] = {}
    for number, recipient, at, gone in zip(
        mails["message"], mails["recipient"], mails["sent_at"], mails["unsubscribed"], strict=True
    ):
        assert int(recipient) not in left, f"message {number} went to somebody who wanted no more"
        if gone:
            left[int(recipient)] = int(at)
    assert any(recipient < OWNERS for recipient in left) and any(recipient >= OWNERS for recipient in left)
    assert (mails["recipient"][mails["kind"] != "nurture"] >= OWNERS).all()


def test_blockers_last_and_differ_by_tracker(life: tuple[Company, list[Day]]) -> None:
    company, days = life
    visits = told(days, "web_visit")
    assert np.array_equal(visits["is_blocked"], blocked(company, visits["visitor"]))
    share = visits["is_blocked"].mean()
    assert 0.1 < share < 0.3
    assert np.array_equal(visits["is_unseen_by_analytics"], unseen_by_analytics(company, visits["visitor"]))
    assert (visits["is_blocked"] & ~visits["is_unseen_by_analytics"]).any()


def test_a_day_again_is_the_same_day() -> None:
    def one() -> dict[str, dict[str, Any]]:
        company = Company(load_scenario("tiny"), seed=3, first_day=FIRST)
        return list(live(company, 3))[-1].ledger()

    first, second = one(), one()
    assert first.keys() == second.keys()
    for table, columns in first.items():
        for name, values in columns.items():
            assert np.array_equal(values, second[table][name]), f"{table}.{name}"


@pytest.mark.parametrize(
    "change",
    [
        {"touches": {"kinds": []}},
        {"prospects": {"arrivals": []}},
        {"website": {"page_seconds_most": 1800}},
        {"website": {"landing": {"direct": [1, 2]}}},
        {"emails": {"nurture_every_days": 0}},
        {"campaigns": [{"key": "x"}]},
    ],
)
def test_a_broken_section_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ScenarioInvalid, match="marketing"):
        load_scenario("tiny", {"marketing": change})
