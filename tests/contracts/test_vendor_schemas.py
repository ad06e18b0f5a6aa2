"""Records have the shapes that published connectors expect of Stripe and Zendesk."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest
from tests.airbyte import Connector, complaints, validator

from tapflow import sources
from tapflow.business.company import Company
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.core.clock import day_number
from tapflow.core.schema import SourceObject, Type
from tapflow.sources.day_logs import day_logs

CONNECTORS = {
    "stripe": Connector("airbyte-source-stripe", "5.14.1", "source_stripe"),
    "zendesk": Connector("airbyte-source-zendesk-support", "4.9.1", "source_zendesk_support"),
}
# Our object's name -> the connector's stream, where they differ.
STREAMS = {"comments": "ticket_comments"}
DAYS = 40
# What is rare happens often enough for every object to have records within these days.
OVERRIDES = {
    "size": {"accounts": 120, "locations": 180, "devices": 260},
    "billing": {
        "collection": {"first_failure": 0.1},
        "refunds": {"chance": 0.15, "open_credit": 0.3, "lag_days_mean": 5},
        "disputes": {"chance": 0.05, "lag_days_mean": 4, "decided_days": [2, 6]},
    },
}
Records = dict[str, list[dict[str, Any]]]


def record_of(declared: SourceObject, row: dict[str, Any]) -> dict[str, Any]:
    """A log's row as the vendor's API would answer it."""
    kinds = {f.name: f.type for f in declared.fields}
    return {name: _plain(kinds[name], value) for name, value in row.items()}


def _plain(kind: Type, value: Any) -> Any:
    if value is not None and kind is Type.JSON:
        return json.loads(value)
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return value.isoformat() if isinstance(value, date) else value


@pytest.fixture(scope="module")
def records() -> Records:
    """Every record of both systems, by system and object, over the first days of a company."""
    company = Company(load_scenario("tiny", OVERRIDES), 2, day_number(date(2025, 12, 20)))
    wanted = {f"{system}/{o.name}" for system in CONNECTORS for o in sources.SYSTEMS[system].OBJECTS}
    held: Records = {name: [] for name in wanted}
    for _ in range(DAYS):
        for name, declared, table in day_logs(company, step(company), wanted):
            held[name] += [record_of(declared, row) for row in table.to_pylist()]
    return held


CASES = [(system, o.name) for system in CONNECTORS for o in sources.SYSTEMS[system].OBJECTS]


@pytest.mark.parametrize(("system", "name"), CASES)
def test_records_match_the_connectors_schema(system: str, name: str, records: Records) -> None:
    check = validator(CONNECTORS[system].schemas(), STREAMS.get(name, name))
    found = records[f"{system}/{name}"]
    assert found, f"{DAYS} days brought no {name}"
    wrong = Counter(line for record in found for line in complaints(check, record))
    assert not wrong, wrong.most_common(8)


def test_a_wrong_type_and_a_strange_field_are_seen() -> None:
    check = validator(CONNECTORS["zendesk"].schemas(), "tickets")
    seen = complaints(check, {"id": "not a number", "mood": "cross"})
    assert [line.split(":")[0] for line in seen] == ["id", "mood"]
