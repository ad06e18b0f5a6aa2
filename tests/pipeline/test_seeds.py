"""What seeds of the warehouse repeat of the scenario is equal there: rates, limits, windows, stages."""

from __future__ import annotations

import csv

from tapflow.business.product.events import DEVICE_CONNECTED
from tapflow.business.sales.history import STAGES
from tapflow.business.sales.state import Stage
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


def seed(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((project_dir() / "seeds" / f"{name}.csv").read_text().splitlines()))


def test_an_excursion_of_temperature_is_the_scenarios() -> None:
    told, (row,) = load_scenario("tiny").devices.temperature, seed("device_definitions")
    assert (int(row["temperature_low_dc"]), int(row["temperature_high_dc"])) == (told.low_dc, told.high_dc)


def test_activation_is_the_scenarios() -> None:
    product = load_scenario("tiny").product
    assert int(seed("product_definitions")[0]["activation_window_days"]) == product.activation.days
    events = {f.key: f.event for f in product.features}
    assert {row["step"]: row["event_name"] for row in seed("activation_steps")} == {
        "device_connected": DEVICE_CONNECTED,
        "dashboard_viewed": events[product.activation.dashboard],
        "report_made": events[product.activation.report],
    }


def test_the_stages_of_a_deal_are_those_of_sales() -> None:
    rows = sorted(seed("sales_stages"), key=lambda row: int(row["stage_order"]))
    assert [row["stage"] for row in rows] == list(STAGES)
    assert [row["is_open"] == "true" for row in rows] == [stage < Stage.WON for stage in Stage]


def test_repositories_belong_to_the_scenarios_teams_and_services() -> None:
    told = {(f"tapflow/{t.repository}", t.key, t.service) for t in load_scenario("tiny").engineering.teams}
    assert {(row["repository"], row["team"], row["service"]) for row in seed("engineering_services")} == told
