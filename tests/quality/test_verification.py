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
    assert len(result.agreeing) >= 0.8 * len(registry())
    assert set(result.agreeing) | set(result.empty) == set(registry())


def test_every_dimension_of_every_figure_is_compared(tiny_home: BuiltHome) -> None:
    result = verify_home(tiny_home.root, LIMITS)
    compared = {(o.figure.name, o.dimension) for o in result.outcomes if o.dimension}
    assert compared == {(figure.name, dimension) for figure in registry().values() for dimension in figure.dims}
    divided = {(o.figure.name, o.dimension) for o in result.outcomes if o.dimension and not o.empty}
    assert len(divided) >= 0.8 * len(compared)


@pytest.mark.parametrize("name", ["active_accounts", "billed_lines", "csat", "waste_ml", "pageviews"])
def test_a_month_in_a_dimension_is_the_same_asked_with_others_or_alone(tiny_home: BuiltHome, name: str) -> None:
    by_month = [o for o in verify_home(tiny_home.root, LIMITS).outcomes if o.figure.name == name and o.dimension]
    assert by_month
    for one in by_month:
        alone = verify_home(tiny_home.root, LIMITS, Wanted(figures=[name], by=one.dimension)).outcomes[1]
        assert (alone.grain, alone.dimension) == ("month", one.dimension)
        assert (alone.compared, alone.telling, alone.explained) == (one.compared, one.telling, one.explained)


@pytest.mark.parametrize("name", ["active_accounts", "billed_lines", "waste_ml"])
def test_a_month_of_which_days_are_left_out_is_made_of_those_asked(tiny_home: BuiltHome, name: str) -> None:
    wanted = Wanted(figures=[name], begin=date(2026, 2, 10), end=date(2026, 3, 20))
    result = verify_home(tiny_home.root, LIMITS, wanted)
    result.require()
    for one in (o for o in result.outcomes if o.dimension):
        days, months = verify_home(tiny_home.root, LIMITS, replace(wanted, by=one.dimension)).outcomes
        assert days.telling
        assert (months.compared, months.telling, months.explained) == (one.compared, one.telling, one.explained)


def test_a_figure_tells_the_same_in_one_pass_with_others_and_by_itself(
    tiny_home: BuiltHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = verify_home(tiny_home.root, LIMITS).outcomes
    monkeypatch.setattr("tapflow.quality.asking.taken_apart", lambda sql: None)
    alone = verify_home(tiny_home.root, LIMITS).outcomes
    assert [(o.figure.name, o.grain, o.dimension) for o in alone] == [
        (o.figure.name, o.grain, o.dimension) for o in together
    ]
    for one, other in zip(together, alone, strict=True):
        assert (one.compared, one.telling, one.explained) == (other.compared, other.telling, other.explained)
        assert one.series.keys() == other.series.keys()


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
    differing = {(o.grain, o.dimension): o.differing for o in result.figures["active_accounts"]}
    assert differing == {("day", None): 1, **{("month", d): 0 for d in (None, *registry()["active_accounts"].dims)}}


def test_a_figure_that_cannot_be_evaluated_is_said_not_thrown(
    tiny_home: BuiltHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(registry()["active_accounts"], published="select $period(day) from entity.no_such_table")
    monkeypatch.setattr("tapflow.quality.verification.registry", lambda: {"active_accounts": broken})
    result = verify_home(tiny_home.root, LIMITS, Wanted(figures=["active_accounts"]))
    assert "no table" in result.outcomes[0].error
    with pytest.raises(CheckFailed, match="could not be evaluated"):
        result.require()
