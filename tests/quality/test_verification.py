"""The built home agrees with its ledger; a row that was altered does not."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from tests.homes import LIMITS, BuiltHome

from tapflow.core.errors import CheckFailed, UnknownName
from tapflow.quality.figure import registry
from tapflow.quality.truth import truth_database
from tapflow.quality.verification import Wanted, verify_home
from tapflow.warehouse.engine import opened
from tapflow.warehouse.version import Versions

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


@pytest.fixture
def damaged_home(tiny_home: BuiltHome, tmp_path: Path) -> Path:
    """A home like the tiny one, whose published tables may be altered."""
    for folder in ("sources", "truth", "lake", "cache"):
        (tmp_path / folder).symlink_to(tiny_home.root / folder)
    shutil.copytree(tiny_home.root / "warehouse" / "versions", tmp_path / "warehouse" / "versions")
    shutil.copy(tiny_home.root / "warehouse" / "current.json", tmp_path / "warehouse")
    return tmp_path


def test_a_published_row_that_was_altered_is_caught(damaged_home: Path) -> None:
    wanted = Wanted(figures=["active_accounts", "open_locations"])
    verify_home(damaged_home, LIMITS, wanted).require()
    versions = Versions(damaged_home / "warehouse")
    with opened(versions.views(versions.current().id), LIMITS) as connection:
        connection.execute(
            "update entity.entity_customers_daily set account_status = 'trial' where day = date '2026-03-15' and "
            "account_id = (select min(account_id) from entity.entity_customers_daily where account_status = 'active' "
            "and not is_internal and day = date '2026-03-15')"
        )
    result = verify_home(damaged_home, LIMITS, wanted)
    with pytest.raises(CheckFailed, match="active_accounts by day differs in 1 of 75 periods, most in 2026-03-15"):
        result.require()
    assert [o.differing for o in result.outcomes if o.figure.name == "active_accounts"] == [1, 0]


def test_a_figure_that_cannot_be_evaluated_is_said_not_thrown(
    tiny_home: BuiltHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(registry()["active_accounts"], published="select $period(day) from entity.no_such_table")
    monkeypatch.setattr("tapflow.quality.verification.registry", lambda: {"active_accounts": broken})
    result = verify_home(tiny_home.root, LIMITS, Wanted(figures=["active_accounts"]))
    assert "no table" in result.outcomes[0].error
    with pytest.raises(CheckFailed, match="could not be evaluated"):
        result.require()
