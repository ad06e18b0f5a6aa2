"""Metrics answer the numbers that are verified against the truth, and every one of them answers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.homes import LIMITS, BuiltHome

from tapflow.core.errors import AskedWrongly, UnknownName
from tapflow.metrics.ask import Answer, ask, definitions
from tapflow.metrics.question import Question
from tapflow.quality.figure import registry, rendered
from tapflow.warehouse.reader import reading

pytestmark = pytest.mark.slow
ATTRIBUTES = set("owner unit format direction update_frequency classification version formula synonyms related".split())
# Metric -> the figure that tells the same where their names differ.
FIGURES = {"customers": "paying_customers"}
# The figure of this name is income booked less cost; the metric is recognised revenue less cost.
OTHERS = {"gross_profit", "operating_income", "orders"}


def asked(home: BuiltHome, *metrics: str, **rest: object) -> Answer:
    return ask(home.root, Question.model_validate({"metrics": metrics, **rest}), LIMITS)


@pytest.mark.parametrize("grain", ["day", "month"])
def test_metrics_tell_what_figures_tell(tiny_home: BuiltHome, grain: str) -> None:
    catalogue = definitions(tiny_home.root)
    shared = {m: FIGURES.get(m, m) for m in catalogue.metrics if FIGURES.get(m, m) in registry() and m not in OTHERS}
    assert len(shared) >= 20
    answer = asked(tiny_home, *shared, grain=grain)
    wrong = []
    with reading(tiny_home.versions, LIMITS) as reader:
        for name, figure in shared.items():
            kind = registry()[figure]
            # A stock's month is its last day.
            sql = rendered(kind.published, "day" if kind.kind == "stock" else grain, "'all'")
            values = dict(reader.fetch(f"select period, value from ({sql})"))
            at = answer.columns.index(name)
            for row in answer.rows:
                key = row[0]
                if kind.kind == "stock" and grain == "month":
                    key = max(d for d in values if (d.year, d.month) == (key.year, key.month))
                expected = values.get(key)
                if catalogue.metric(name).unit == "usd":
                    expected = float(expected or 0) / 100
                if abs((row[at] or 0) - float(expected or 0)) > 1e-9 * max(1, abs(float(expected or 0))):
                    wrong.append((name, row[0], row[at], expected))
    assert wrong == []


def test_every_metric_is_described_and_answers(tiny_home: BuiltHome) -> None:
    catalogue = definitions(tiny_home.root)
    assert {n: ATTRIBUTES - set(m.meta) for n, m in catalogue.metrics.items() if not set(m.meta) >= ATTRIBUTES} == {}
    answer = asked(tiny_home, *catalogue.metrics, grain="month")
    assert len(answer.rows) == 3


def test_identities_hold(tiny_home: BuiltHome) -> None:
    names = "mrr net_new_mrr new_mrr expansion_mrr reactivation_mrr contraction_mrr churned_mrr fx_mrr "
    names += "customers new_customers reactivated_customers churned_customers"
    for grain in ("day", "week", "month"):
        answer = asked(tiny_home, *names.split(), grain=grain)
        rows = [dict(zip(answer.columns, row)) for row in answer.rows]
        for before, now in pairwise(rows):
            assert now["net_new_mrr"] == pytest.approx(now["mrr"] - before["mrr"], abs=1e-6)
            parts = now["new_mrr"] + now["expansion_mrr"] + now["reactivation_mrr"] + now["fx_mrr"]
            assert now["net_new_mrr"] == pytest.approx(parts - now["contraction_mrr"] - now["churned_mrr"], abs=1e-6)
            moved = now["new_customers"] + now["reactivated_customers"] - now["churned_customers"]
            assert now["customers"] == before["customers"] + moved


@pytest.mark.parametrize("dimension", ["plan", "country", "industry", "signup_cohort", "currency"])
def test_parts_sum_to_the_whole(tiny_home: BuiltHome, dimension: str) -> None:
    names = ("mrr", "customers", "new_mrr", "churned_mrr", "billings")
    whole = asked(tiny_home, *names, grain="month").rows
    parts = asked(tiny_home, *names, grain="month", by=(dimension,)).rows
    for row in whole:
        for n in range(len(names)):
            assert sum(p[2 + n] for p in parts if p[0] == row[0]) == pytest.approx(row[1 + n], abs=1e-6)


def test_what_cannot_be_asked_is_told(tiny_home: BuiltHome) -> None:
    with pytest.raises(UnknownName, match="Did you mean"):
        asked(tiny_home, "mmr")
    with pytest.raises(AskedWrongly, match="cash_balance has no dimension plan"):
        asked(tiny_home, "cash_balance", by=("plan",))
    with pytest.raises(AskedWrongly, match="Give a grain"):
        asked(tiny_home, "mrr", last="90d", compare="previous")
    with pytest.raises(AskedWrongly, match="before it begins"):
        asked(tiny_home, "mrr", begin="2026-03-02", end="2026-03-01")
