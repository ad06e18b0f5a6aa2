"""What PostHog, Mixpanel and LaunchDarkly show of the product's use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import orjson
import pyarrow as pa
import pytest
from tests.business.living import step_only

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.product.state import Product
from tapflow.business.scenario.load import load_scenario
from tapflow.core.clock import day_number
from tapflow.sources import launchdarkly, mixpanel, posthog
from tapflow.sources.posthog import product_records
from tapflow.sources.posthog.columns import event_table

FIRST = day_number(date(2025, 12, 1))
OVERRIDES = {"product": {"tracking": {"duplicates": 0.02, "anonymous_start": 0.3, "blocked_share": 0.2}}}


@pytest.fixture(scope="module")
def life() -> tuple[Company, Day]:
    company = Company(load_scenario("tiny", OVERRIDES), seed=5, first_day=FIRST)
    days = [step_only(company, ("customers", "product", "engineering")) for _ in range(12)]
    return company, days[-1]


@pytest.fixture(scope="module")
def rows(life: tuple[Company, Day]) -> list[dict[str, Any]]:
    return event_table(product_records.events(*life)).to_pylist()


def test_people_with_an_ad_blocker_are_not_seen(life: tuple[Company, Day], rows: list[dict[str, Any]]) -> None:
    company, day = life
    blocked = {str(user + 1) for user in company.part(Product).people.blocked.nonzero()[0]}
    facts = day.fact("app_event")
    assert facts is not None
    assert blocked & {str(user + 1) for user in facts["user"]}, "some of them were active"
    assert not blocked & {row["distinct_id"] for row in rows if row["lib"] != "server"}


def test_a_doubled_event_is_the_same_event(rows: list[dict[str, Any]]) -> None:
    by_id: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_id.setdefault(row["uuid"], []).append(row)
    doubled = [copies for copies in by_id.values() if len(copies) > 1]
    assert 0 < len(doubled) < 0.06 * len(rows)
    assert all(copy == copies[0] for copies in doubled for copy in copies)


def test_signing_in_ties_the_anonymous_id_to_the_person(rows: list[dict[str, Any]]) -> None:
    signed = [row for row in rows if row["event"] == "$identify"]
    assert signed
    for row in signed:
        anonymous = orjson.loads(row["properties"])["$anon_distinct_id"]
        first = [r for r in rows if r["distinct_id"] == anonymous]
        assert len({r["uuid"] for r in first}) == 1
        assert first[0]["session_id"] == row["session_id"]
        assert first[0]["account_id"] is None and first[0]["timestamp"] < row["timestamp"]


def test_properties_tell_the_version_and_what_an_event_adds(rows: list[dict[str, Any]]) -> None:
    needed = {
        "$exception": {"$exception_type", "feature"},
        "$feature_flag_called": {"$feature_flag", "$feature_flag_response"},
        "survey sent": {"$survey_response"},
    }
    for row in rows:
        told = orjson.loads(row["properties"])
        assert needed.get(row["event"], set()) <= set(told)
        if row["lib"] != "server" and row["event"] != "$identify":
            assert told["$app_version"].count(".") == 2


def test_ids_are_version_seven_and_begin_with_the_instant(rows: list[dict[str, Any]]) -> None:
    for row in rows[:200]:
        assert row["uuid"][14] == "7"
        milliseconds = int(row["uuid"][:8] + row["uuid"][9:13], 16)
        assert milliseconds == int((row["timestamp"] - row["timestamp"].min.replace(year=1970)).total_seconds() * 1000)


def test_mixpanel_has_posthogs_named_events_once(life: tuple[Company, Day], rows: list[dict[str, Any]]) -> None:
    export = mixpanel.records(*life)["export"]
    named = {row["uuid"]: row["event"] for row in rows if not row["event"].startswith("$") and row["lib"] != "server"}
    shown = pa.array(export["event"]).to_pylist()
    assert sorted(shown) == sorted(named.values())
    assert len(set(pa.array(export["insert_id"]).to_pylist())) == len(shown)


def test_the_days_log_is_in_order(life: tuple[Company, Day]) -> None:
    events = posthog.records(*life)["events"]
    keys = list(zip(events["timestamp"].to_pylist(), events["uuid"].to_pylist(), strict=True))
    assert keys == sorted(keys)


def test_flags_tell_every_feature_and_its_event() -> None:
    company = Company(load_scenario("tiny"), seed=5, first_day=FIRST)
    day = step_only(company, ("customers", "product", "engineering"))
    flags = launchdarkly.records(company, day)["flags"]
    features = company.scenario.product.features
    assert sorted(flags["key"]) == sorted(f.key for f in features)
    events = {k: orjson.loads(p)["event"]["value"][0] for k, p in zip(flags["key"], flags["customProperties"])}
    assert events == {f.key: f.event for f in features}
    on = {k: orjson.loads(e)["production"]["on"] for k, e in zip(flags["key"], flags["environments"])}
    assert on == {f.key: f.launch_day is None for f in features}


def test_late_events_keep_their_time_and_ids_and_come_once() -> None:
    late = {"product": {"tracking": {"late_share": 0.6, "late_days_most": 2, "duplicates": 0.0}}}
    company = Company(load_scenario("tiny", late), seed=5, first_day=FIRST)
    seen: list[dict[str, Any]] = []
    exported: list[str] = []
    older = 0
    for _ in range(5):
        day = step_only(company, ("customers", "product", "engineering"))
        rows = event_table(product_records.events(company, day)).to_pylist()
        begin = datetime.fromtimestamp(day.start_seconds, UTC).replace(tzinfo=None)
        before = [row for row in rows if row["timestamp"] < begin]
        assert {row["lib"] for row in before} <= {"mobile-app"}
        older += len(before)
        seen += rows
        exported += pa.array(mixpanel.records(company, day)["export"]["insert_id"]).to_pylist()
    assert older > 20
    assert len({row["uuid"] for row in seen}) == len(seen)
    assert len(set(exported)) == len(exported)
    days: dict[str, set[Any]] = {}
    for row in seen:
        if row["session_id"]:
            days.setdefault(row["session_id"], set()).add((row["timestamp"].date(), row["account_id"] or None))
    assert all(len({day for day, _ in told}) == 1 for told in days.values()), "a session is of one day"
