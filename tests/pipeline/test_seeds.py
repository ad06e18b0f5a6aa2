"""The rates at which MRR is counted are the scenario's, in the warehouse too."""

from __future__ import annotations

import csv

from tapflow.business.scenario.load import load_scenario
from tapflow.pipeline.generate_seeds import fx_rates, generate
from tapflow.warehouse.project import project_dir


def test_the_seed_is_up_to_date() -> None:
    assert generate(check=True) == []


def test_rates_are_the_scenarios() -> None:
    told = load_scenario("tiny").plans.accounting_rate
    rows = list(csv.DictReader((project_dir() / "seeds" / "fx_rates.csv").read_text().splitlines()))
    assert {(r["currency"], int(r["rate_year"])): int(r["usd_cents"]) / 100 for r in rows}.items() >= {
        (currency, year): rate for year, rates in told.items() for currency, rate in rates.items()
    }.items()


def test_years_beyond_the_table_take_the_nearest() -> None:
    lines = fx_rates().splitlines()
    assert lines[1].split(",")[1] == "2015"
    assert lines[1].split(",")[3] == lines[1 + 3].split(",")[3]
