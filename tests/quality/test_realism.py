"""The scorecard: its arithmetic, a short pooled run in band, and planted wrong parameters that fail."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from tapflow.business.scenario.load import load_scenario
from tapflow.core.errors import CheckFailed
from tapflow.quality.realism.companies import measure_pool
from tapflow.quality.realism.noise import FEWEST, STRICTNESS, Noise, hazard, of_median, rate, share
from tapflow.quality.realism.report import document
from tapflow.quality.realism.scorecard import ARROWS, STATISTICS, Scorecard, judged, needed_logs
from tapflow.quality.realism.statistic import Arrow, Pool, Statistic

RATE = Statistic("rate", "Rate", "of all", 0.2, 0.4, "assumption", "", {}, share())
MIDDLE = Statistic("middle", "Middle", "days", 2, 4, "assumption", "", {}, of_median(1.0), of_median=True)
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


def test_out_of_band_fails_but_with_too_few_events_only_what_chance_cannot_explain() -> None:
    assert RATE.least_events == pytest.approx(189, abs=1)  # 0.3 * 0.7 * (3 / 0.1)^2
    many, few, absurd = Pool(), Pool(), Pool()
    many.add("rate", [(82, 200)], of_median=False)
    few.add("rate", [(41, 100)], of_median=False)
    absurd.add("rate", [(90, 100)], of_median=False)
    assert many.measure(RATE).judged and not many.measure(RATE).passed
    assert not few.measure(RATE).judged and few.measure(RATE).passed
    assert not absurd.measure(RATE).judged and not absurd.measure(RATE).passed
    with pytest.raises(CheckFailed, match="rate"):
        judged(many, 1, (RATE,), ()).require()


def test_money_counts_as_its_effective_number_of_events() -> None:
    pool = Pool()
    pool.add("rate", [(30, 100, 100, 100 * 100 / 50)], of_median=False)
    assert pool.measure(RATE).events == 50
    told = Pool()
    told.add("rate", [(30, 100, 7)], of_median=False)
    assert told.measure(RATE).events == 7


@pytest.mark.parametrize(
    ("noise", "low", "high", "draw"),
    [
        (share(), 0.16, 0.28, lambda r, n: r.binomial(n, 0.22) / n),
        (rate(), 0.010, 0.025, lambda r, n: r.poisson(0.0175 * n) / n),
        (hazard(), 0.15, 0.19, lambda r, n: 1 - np.exp(-r.poisson(-np.log(0.83) * n) / n)),
        (of_median(1.0), 4.0, 10.0, lambda r, n: np.median(r.lognormal(np.log(7.0), 1.0, n))),
    ],
)
def test_at_the_least_events_the_noise_is_a_third_of_the_half_width(
    noise: Noise, low: float, high: float, draw: Callable[[np.random.Generator, int], float]
) -> None:
    random, events = np.random.default_rng(1), noise.least_events(low, high)
    seen = np.std([draw(random, events) for _ in range(2000)])
    assert events > FEWEST
    assert seen == pytest.approx((high - low) / 2 / STRICTNESS, rel=0.15)


def test_clustered_events_count_for_less() -> None:
    assert share(4.0).least_events(0.2, 0.4) == pytest.approx(4 * share().least_events(0.2, 0.4), abs=4)


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


def test_strata_undo_what_would_be_mistaken_for_a_cause() -> None:
    # Small houses are exposed and leave, large ones neither; within each size there is no effect.
    rows = [(True, 80, 800, "small"), (False, 20, 200, "small"), (True, 2, 200, "large"), (False, 8, 800, "large")]
    lumped, within = Pool(), Pool()
    lumped.add_arrow("cause", [row[:3] for row in rows])
    within.add_arrow("cause", rows)
    assert lumped.find(CAUSE).passed
    found = within.find(CAUSE)
    assert found.ratio == pytest.approx(1.0) and not found.passed


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
    assert {f.arrow.name: f for f in short.arrows}["fault_to_ticket"].passed


def test_the_scorecard_is_told_as_its_schema_says(short: Scorecard) -> None:
    jsonschema.validate(document(short), json.loads(SCHEMA.read_text()), jsonschema.Draft202012Validator)


YEAR = {"nrr_small", "nrr_large", "grr"}
DAYS = {"retention_slope": 300, "closure_first_year": 240, **dict.fromkeys(YEAR, 380)}
# Where a tiny company has too few events: one of the demo's size, without what the row does not read.
MANY = {"payment_recovery", "mql_to_sql", "sql_to_won", "opportunity_to_won", "cycle_small", "cycle_all"}
MANY |= {"cac_payback", "ltv_cac"}
# For the causes: small companies in which so much happens that every effect shows, or else the plant's failing
# would prove nothing.
LIVELY: dict[str, Any] = {
    "size": {"accounts": 600, "locations": 900, "devices": 1350},
    "customers": {
        "trials": {"conversion": 0.6},
        "founding": {"discounted_others": 0.4},
        "leaving": {"price": 0.001, "competitor": 0.001, "no_use": 0.001},
        "growth": {"add_taps": 0.002, "add_product": 0.001, "remove_taps": 0.003, "downgrade_plan": 0.001},
    },
    "billing": {"collection": {"first_failure": 0.03}},
    "support": {"rating_asked": 0.9},
}
LIVELY_DAYS = 150
LIVELY_SEEDS = (1, 2, 3, 4)  # with three, offline hours have a power of one half to be seen in churn
QUICK_PLANTS = ("tickets_per_customer", "search_cpc", "weekend_share", "trial_conversion")
ALL_PLANTS = [row.name for row in (*STATISTICS, *ARROWS)]


def both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two scenarios' changes, the other's on top."""
    merged = dict(one)
    for key, value in other.items():
        held = merged.get(key)
        merged[key] = both(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return merged


@cache
def with_plant(plant: str, profile: str, days: int, without: frozenset[str]) -> Scorecard:
    """Companies with a wrong parameter, measured once for all the rows that plant it."""
    statistics = tuple(s for s in STATISTICS if json.dumps(s.plant) == plant and resting((s,), ()) == without)
    seeds = (1, 2) if profile == "tiny" else (1,)
    return measure_pool(profile, seeds, days, json.loads(plant), statistics, (), without, workers=1)


def resting(statistics: tuple[Statistic, ...], arrows: tuple[Arrow, ...]) -> frozenset[str]:
    """The domains of which the rows read nothing."""
    logs = needed_logs(statistics, arrows)
    streams = {"devices": "telemetry/events", "product": "posthog/events", "engineering": "posthog/events"}
    return frozenset(domain for domain, log in streams.items() if log not in logs)


def fails_when_planted(name: str) -> bool:
    """Whether a row fails under its wrong parameter."""
    row = next(row for row in (*STATISTICS, *ARROWS) if row.name == name)
    if isinstance(row, Arrow):
        changes = both(LIVELY, dict(row.plant))
        rest = resting((), (row,))
        card = measure_pool("tiny", LIVELY_SEEDS, LIVELY_DAYS, changes, (), (row,), rest, workers=1)
        return not card.arrows[0].passed
    profile, days = ("demo", 120) if name in MANY else ("tiny", DAYS.get(name, 60))
    card = with_plant(json.dumps(row.plant), profile, days, resting((row,), ()))
    return not {m.statistic.name: m.passed for m in card.statistics}[name]


@pytest.mark.parametrize("name", QUICK_PLANTS)
def test_a_planted_wrong_parameter_fails_its_row(name: str) -> None:
    assert fails_when_planted(name)


def test_without_a_plant_every_cause_is_found_where_the_plants_are_tried() -> None:
    card = measure_pool("tiny", LIVELY_SEEDS, LIVELY_DAYS, LIVELY, (), ARROWS)
    assert [f.arrow.name for f in card.arrows if not f.passed] == []


@pytest.mark.skipif("LONG_TESTS" not in os.environ, reason="long: set LONG_TESTS=1 to run it")
@pytest.mark.parametrize("name", ALL_PLANTS)
def test_every_planted_wrong_parameter_fails_its_row(name: str) -> None:
    assert fails_when_planted(name)


def test_a_pooled_run_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    statistics = tuple(s for s in STATISTICS if s.name == "trial_conversion")
    rest = frozenset({"devices", "product", "engineering"})

    def pooled(seeds: tuple[int, ...]) -> tuple[float | None, int]:
        card = measure_pool("tiny", seeds, 30, None, statistics, (), rest, kept=tmp_path)
        return card.statistics[0].value, card.statistics[0].events

    pooled((1,))
    (first,) = tmp_path.iterdir()
    written = first.stat().st_mtime_ns
    both = pooled((1, 2))
    assert first.stat().st_mtime_ns == written and len(list(tmp_path.iterdir())) == 2
    card = measure_pool("tiny", (1, 2), 30, None, statistics, (), rest)
    assert both == (card.statistics[0].value, card.statistics[0].events)
