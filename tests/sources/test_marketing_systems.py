"""What marketing's systems show of a few days."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.business.living import step_only

from tapflow.business.company import Company
from tapflow.business.customers import lifecycle
from tapflow.business.day import Day
from tapflow.business.marketing import process
from tapflow.business.marketing.state import OWNERS
from tapflow.business.scenario.load import load_scenario
from tapflow.core.clock import day_number
from tapflow.core.ids import uuid
from tapflow.core.schema import Kind
from tapflow.sources import SYSTEMS
from tapflow.sources.hubspot.ids import contact_ids
from tapflow.sources.hubspot.objects import CONTACTS as HUBSPOT_CONTACTS
from tapflow.sources.logs import table_of
from tapflow.sources.posthog import web_records
from tapflow.sources.posthog.columns import event_table, time_uuids, uuids

FIRST = day_number(date(2026, 3, 28))  # so that budgets are set anew within the span
SEEDS = Path(__file__).resolve().parents[2] / "warehouse" / "seeds"
OURS = ("google_ads", "facebook_ads", "linkedin_ads", "google_analytics", "hubspot", "sendgrid")
Logs = dict[str, list[pa.Table]]


@pytest.fixture(scope="module")
def shown() -> tuple[Company, list[Day], Logs]:
    company = Company(load_scenario("tiny"), seed=11, first_day=FIRST)
    days, logs = [], {}
    for number in range(FIRST, FIRST + 8):
        day = Day(number, company.chance(number))
        if number == FIRST:
            lifecycle.found(company, day)
            process.found(company, day)
        process.step(company, day)
        lifecycle.step(company, day)
        for system in OURS:
            records = SYSTEMS[system].records(company, day)
            for declared in SYSTEMS[system].OBJECTS:
                if declared.name in records:
                    table = table_of(declared, records[declared.name])
                    logs.setdefault(f"{system}.{declared.name}", []).append(table)
        logs.setdefault("web", []).append(event_table(web_records.events(company, day)))
        days.append(day)
        company.last_day = number
    return company, days, logs


def whole(logs: Logs, name: str) -> pa.Table:
    return pa.concat_tables(logs[name])


def test_every_object_shows_something_in_its_declared_shape(shown: tuple[Company, list[Day], Logs]) -> None:
    for system in OURS:
        for declared in SYSTEMS[system].OBJECTS:
            tables = shown[2][f"{system}.{declared.name}"]
            for table in tables:
                keys = list(zip(*(table[k].to_pylist() for k in declared.key), strict=True))
                assert len(set(keys)) == len(keys), f"{system}.{declared.name}: a key twice in a day"
                versions = table[declared.version].to_pylist()
                assert versions == sorted(versions), f"{system}.{declared.name}: not in order of version"
                assert not any(table[f.name].null_count for f in declared.fields if f.required)
            if declared.kind is not Kind.CHANGES:
                every = list(zip(*(whole(shown[2], f"{system}.{declared.name}")[k].to_pylist() for k in declared.key)))
                assert len(set(every)) == len(every), f"{system}.{declared.name}: an event twice"


def test_the_platforms_add_up_to_what_was_spent(shown: tuple[Company, list[Day], Logs]) -> None:
    _, days, logs = shown
    google = sum(whole(logs, "google_ads.ad_group_performance")["metrics_cost_micros"].to_pylist()) // 10_000
    meta = sum(round(float(s) * 100) for s in whole(logs, "facebook_ads.insights")["spend"].to_pylist())
    linkedin = sum(round(float(s) * 100) for s in whole(logs, "linkedin_ads.ad_analytics")["costInUsd"].to_pylist())
    spent = sum(int(day.ledger()["ad_performance"]["cost_usd_minor"].sum()) for day in days)
    assert google + meta + linkedin == spent


def test_posthog_sees_all_but_the_blocked(shown: tuple[Company, list[Day], Logs]) -> None:
    _, days, logs = shown
    events = whole(logs, "web")
    opened = Counter(zip(events["event"].to_pylist(), events["timestamp"].cast(pa.date32()).to_pylist(), strict=True))
    for day in days:
        visits = day.ledger()["web_visit"]
        seen = ~visits["is_blocked"]
        at = date.fromordinal(date(1970, 1, 1).toordinal() + day.number)
        assert opened["$pageview", at] == visits["pageviews"][seen].sum()
        assert opened["signup_completed", at] == visits["signup_completed"][seen].sum()
    sessions = {
        (d.number, v) for d in days for v in d.ledger()["web_visit"]["visit"][~d.ledger()["web_visit"]["is_blocked"]]
    }
    assert len(set(events["session_id"].to_pylist())) == len(sessions)
    assert len(set(events["uuid"].to_pylist())) == events.num_rows


def test_who_signs_up_is_tied_to_the_new_account(shown: tuple[Company, list[Day], Logs]) -> None:
    company, _, logs = shown
    events = whole(logs, "web").to_pylist()
    told = [e for e in events if e["event"] == "signup_completed"]
    accounts = {int(e["account_id"]) - 1 for e in told}
    assert told and len(accounts) == len(told)
    browsers = dict(
        zip(uuids("posthog/visitor", company.accounts.prospect[sorted(accounts)]).to_pylist(), sorted(accounts))
    )
    assert all(browsers[e["distinct_id"]] == int(e["account_id"]) - 1 for e in told)
    assert not any(e["account_id"] for e in events if e["event"] != "signup_completed")


def test_tags_are_missing_where_nobody_set_them(shown: tuple[Company, list[Day], Logs]) -> None:
    events = whole(shown[2], "web").to_pylist()
    assert {e["utm_medium"] for e in events} >= {None, "cpc", "paid_social", "email"}
    assert "organic" not in {e["utm_medium"] for e in events}
    for e in events:
        assert (e["utm_campaign"] is None) == (e["utm_medium"] is None) == (e["utm_source"] is None)
        assert "utm_" not in e["current_url"] or e["utm_campaign"] in e["current_url"]


def test_analytics_counts_whom_it_may_see(shown: tuple[Company, list[Day], Logs]) -> None:
    _, days, logs = shown
    counted = whole(logs, "google_analytics.sessions")
    visits = [day.ledger()["web_visit"] for day in days]
    assert sum(counted["sessions"].to_pylist()) == sum(int((~v["is_unseen_by_analytics"]).sum()) for v in visits)
    views = sum(int(v["pageviews"][~v["is_unseen_by_analytics"]].sum()) for v in visits)
    assert sum(counted["screenPageViews"].to_pylist()) == views


def test_contacts_have_an_address_and_an_id_of_their_own(shown: tuple[Company, list[Day], Logs]) -> None:
    newest = {row["id"]: row for table in shown[2]["hubspot.contacts"] for row in table.to_pylist()}
    emails = [row["email"] for row in newest.values()]
    assert len(set(emails)) == len(emails)
    companies = {row["id"] for table in shown[2]["hubspot.companies"] for row in table.to_pylist()}
    assert {row["associatedcompanyid"] for row in newest.values()} - {None} <= companies
    numbers = np.array([5, OWNERS + 5, OWNERS + 6, 6])
    assert len(set(contact_ids(numbers))) == 4


def test_mails_are_told_by_one_system_each(shown: tuple[Company, list[Day], Logs]) -> None:
    _, days, logs = shown
    sent = sum(len(day.ledger()["email_message"]["message"]) for day in days)
    hubspot = whole(logs, "hubspot.email_events").to_pylist()
    sendgrid = whole(logs, "sendgrid.events").to_pylist()
    told = [e["sentById"] for e in hubspot if e["type"] == "SENT"]
    told += [e["sg_message_id"] for e in sendgrid if e["event"] == "processed"]
    assert len(told) == len(set(told)) == sent
    assert {e["sentById"] for e in hubspot} <= set(told)


def read(name: str) -> list[dict[str, str]]:
    with open(SEEDS / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_seeds_fit_the_scenario() -> None:
    marketing = load_scenario("tiny").marketing
    assert int(read("marketing_settings.csv")[0]["qualifying_score"]) == marketing.scoring.threshold
    channels = {row["value"]: row["channel"] for row in read("marketing_channels.csv")}
    for template in marketing.campaigns:
        assert channels[template.medium] == template.channel, template.key


@given(st.lists(st.tuples(st.integers(0, 2**47), st.integers(0, 2**60 - 1)), min_size=1, unique=True))
def test_ids_by_time_are_distinct_and_in_order(pairs: list[tuple[int, int]]) -> None:
    pairs = sorted(pairs)
    made: list[str] = time_uuids(*map(list, zip(*pairs, strict=True))).to_pylist()
    assert len(set(made)) == len(made)
    assert made == sorted(made)
    assert all(m[14] == "7" and m[19] == "a" and len(m) == 36 for m in made)


@given(st.lists(st.integers(0, 2**63 - 1), min_size=1))
def test_columns_of_ids_are_spelt_as_single_ones(numbers: list[int]) -> None:
    assert uuids("posthog/visitor", numbers).to_pylist() == list(uuid("posthog/visitor", numbers))


def test_archived_contacts_are_readers_whose_interest_is_over_and_are_listed_as_mess() -> None:
    scenario = load_scenario("tiny", {"marketing": {"mess": {"contacts_archived": 0.6}}})
    company = Company(scenario, seed=11, first_day=FIRST)
    archived: dict[str, dict[str, object]] = {}
    listed: list[str] = []
    for _ in range(12):
        day = step_only(company, ("marketing", "customers"))
        log = SYSTEMS["hubspot"].records(company, day).get("contacts")
        for row in table_of(HUBSPOT_CONTACTS, log).to_pylist() if log else ():
            assert row["id"] not in archived, "what is archived does not change again"
            assert (row["archivedAt"] is None) == (not row["archived"])
            if row["archived"]:
                assert row["archivedAt"] == row["lastmodifieddate"] and row["lifecyclestage"] == "lead"
                archived[row["id"]] = row
        mess = day.ledger().get("mess", {"kind": [], "key": []})
        listed += [k for k, kind in zip(mess["key"], mess["kind"], strict=True) if kind == "contact_archived"]
    assert archived and sorted(archived) == sorted(listed)
