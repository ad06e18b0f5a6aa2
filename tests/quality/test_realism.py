"""The scorecard: its arithmetic, a short pooled run in band, and planted wrong parameters that fail."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import jsonschema
import pytest

from tapflow.business.scenario.load import load_scenario
from tapflow.core.errors import CheckFailed
from tapflow.quality.realism.companies import measure_pool
from tapflow.quality.realism.report import document
from tapflow.quality.realism.scorecard import ARROWS, STATISTICS, Scorecard, judged, needed_logs
from tapflow.quality.realism.statistic import Arrow, Pool, Statistic

RATE = Statistic("rate", "Rate", "of all", 0.2, 0.4, "assumption", "", {}, least_events=10)
MIDDLE = Statistic("middle", "Middle", "days", 2, 4, "assumption", "", {}, of_median=True, least_events=3)
CAUSE = Arrow("cause", "Cause", True, "", {})
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "json" / "realism.schema.json"


def test_ratios_are_pooled_by_their_parts_and_medians_by_their_samples() -> None:
    pool = Pool()
    pool.add("rate", [(1, 10)], of_median=False)
    pool.add("rate", [(11, 30)], of_median=False)
    pool.add("middle", [(1,), (3,), (None,)], of_median=True)
    pool.add("middle", [(9,)], of_median=True)
    assert pool.measure(RATE).value == pytest.approx(0.3)
    assert pool.measure(RATE).passed
    assert pool.measure(MIDDLE).value == 3


def test_out_of_band_fails_but_too_few_events_are_not_judged() -> None:
    many, few = Pool(), Pool()
    many.add("rate", [(9, 10)], of_median=False)
    few.add("rate", [(8, 9)], of_median=False)
    assert not many.measure(RATE).passed
    assert not few.measure(RATE).judged and few.measure(RATE).passed
    with pytest.raises(CheckFailed, match="rate"):
        judged(many, 1, (RATE,), ()).require()


def test_a_rate_ratio_has_the_textbook_interval() -> None:
    pool = Pool()
    pool.add_arrow("cause", [(True, 40, 1000), (False, 20, 1000)])
    found = pool.find(CAUSE)
    error = math.sqrt(1 / 40 + 1 / 20)
    assert found.ratio == pytest.approx(2.0)
    assert found.low == pytest.approx(2 * math.exp(-1.96 * error))
    assert found.passed
    weak = Pool()
    weak.add_arrow("cause", [(True, 4, 100), (False, 3, 100)])
    assert not weak.find(CAUSE).passed
    assert not Pool().find(CAUSE).passed, "nothing seen is nothing found"


def test_every_row_names_its_source_and_a_plant_that_the_scenario_accepts() -> None:
    for row in STATISTICS:
        assert row.source and (row.low < row.high or row.low == row.high == 1.0)
    for row in (*STATISTICS, *ARROWS):
        assert row.plant, row.name
        load_scenario("tiny", dict(row.plant))


def test_names_are_distinct_and_logs_exist() -> None:
    names = [row.name for row in (*STATISTICS, *ARROWS)]
    assert len(names) == len(set(names))
    assert "telemetry/events" in needed_logs()


@pytest.fixture(scope="module")
def short() -> Scorecard:
    return measure_pool("tiny", seeds=(1, 2), days=60)


def test_a_short_pooled_run_is_in_band_where_it_has_events_enough(short: Scorecard) -> None:
    judged_rows = [m for m in short.statistics if m.judged]
    assert len(judged_rows) >= 10
    # Growth needs a year to settle: its rows are judged by the long run.
    slow = {"expansion_share", "cac_payback", "ltv_cac", "nrr_small", "nrr_large", "grr"}
    out = {m.statistic.name: m.value for m in judged_rows if not m.passed and m.statistic.name not in slow}
    assert not out
    arrows = {f.arrow.name: f for f in short.arrows}
    assert arrows["fault_to_ticket"].passed and arrows["touch_to_signup"].passed


def test_the_scorecard_is_told_as_its_schema_says(short: Scorecard) -> None:
    jsonschema.validate(document(short), json.loads(SCHEMA.read_text()), jsonschema.Draft202012Validator)


QUICK_PLANTS = ("tickets_per_customer", "search_cpc", "weekend_share")


def _planted(name: str, days: int, seeds: tuple[int, ...]) -> bool:
    statistics = tuple(s for s in STATISTICS if s.name == name)
    arrows = tuple(a for a in ARROWS if a.name == name)
    plant = dict((statistics or arrows)[0].plant)
    card = measure_pool("tiny", seeds, days, plant, statistics, arrows)
    return card.passed


@pytest.mark.parametrize("name", QUICK_PLANTS)
def test_a_planted_wrong_parameter_fails_its_row(name: str) -> None:
    assert not _planted(name, 60, (1, 2))


@pytest.mark.skipif("LONG_TESTS" not in os.environ, reason="long: set LONG_TESTS=1 to run it")
@pytest.mark.parametrize("name", [row.name for row in (*STATISTICS, *ARROWS)])
def test_every_planted_wrong_parameter_fails_its_row(name: str) -> None:
    assert not _planted(name, 540, (1, 2, 3, 4))
