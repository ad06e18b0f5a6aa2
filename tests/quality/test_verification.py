"""The built home agrees with its ledger; a row that was altered does not."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from tests.homes import LIMITS, BuiltHome

from tapflow.core.errors import CheckFailed, UnknownName
from tapflow.quality.figure import registry
from tapflow.quality.truth import truth_database
from tapflow.quality.verification import Wanted, verify_home

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "json" / "verify.schema.json"


def test_every_figure_agrees_with_the_truth(tiny_home: BuiltHome) -> None:
    result = verify_home(tiny_home.root, LIMITS)
    result.require()
    assert result.span.end == date(2026, 3, 31)
    told = {o.figure.name for o in result.outcomes if o.compared}
    assert len(told) >= 0.8 * len(registry())


def test_the_result_is_documented_json(tiny_home: BuiltHome) -> None:
    result = verify_home(tiny_home.root, LIMITS, Wanted(figures=["signups"]))
    jsonschema.validate(json.loads(json.dumps(result.document())), json.loads(SCHEMA.read_text()))


def test_a_figure_by_a_dimension_and_within_days(tiny_home: BuiltHome) -> None:
    wanted = Wanted(figures=["active_accounts"], by="country", begin=date(2026, 2, 1), end=date(2026, 2, 28))
    result = verify_home(tiny_home.root, LIMITS, wanted)
    result.require()
    assert [o.grain for o in result.outcomes] == ["day", "month"]
    assert result.outcomes[0].compared > 28


def test_unknown_names_are_answered_with_the_nearest(tiny_home: BuiltHome) -> None:
    with pytest.raises(UnknownName, match="signups"):
        verify_home(tiny_home.root, LIMITS, Wanted(figures=["sign_ups"]))
    with pytest.raises(UnknownName, match="country"):
        verify_home(tiny_home.root, LIMITS, Wanted(by="county"))


def test_the_ledger_is_gathered_once(tiny_home: BuiltHome) -> None:
    database = truth_database(tiny_home.root, LIMITS)
    before = database.stat().st_mtime_ns
    assert truth_database(tiny_home.root, LIMITS) == database
    assert database.stat().st_mtime_ns == before


def test_a_row_that_was_altered_is_caught(tiny_home: BuiltHome, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = registry()["active_accounts"]
    altered = figure.published.replace(
        "from entity.entity_customers_daily",
        "from (select * replace (case when account_id = (select min(account_id) from entity.entity_customers where "
        "account_status = 'active') and day = date '2026-03-15' then 'trial' else account_status end as "
        "account_status) from entity.entity_customers_daily)",
    )
    assert altered != figure.published
    object.__setattr__(figure, "published", altered)
    monkeypatch.setattr("tapflow.quality.verification.registry", lambda: {"active_accounts": figure})
    result = verify_home(tiny_home.root, LIMITS, Wanted(figures=["active_accounts"]))
    with pytest.raises(CheckFailed, match="2026-03-15"):
        result.require()
    by_day = result.outcomes[0]
    assert by_day.differing == 1
