"""Seeds of the warehouse that are numbers of the scenario, written once: the rates that MRR is counted at."""

from __future__ import annotations

import datetime as dt

from tapflow.business.scenario.load import load_scenario
from tapflow.core.money import CURRENCIES
from tapflow.warehouse.project import project_dir

_YEARS = range(2015, 2041)
_CENTS = 100


def fx_rates() -> str:
    """`fx_rates.csv`: USD cents for a unit of each currency, by calendar year; the nearest year told where none is."""
    table = load_scenario("tiny").plans.accounting_rate
    rows = ["currency,rate_year,year_begins,usd_cents"]
    for year in _YEARS:
        rates = table[min(max(year, min(table)), max(table))]
        begins = dt.date(year, 1, 1)
        rows += [f"{currency},{year},{begins},{round(rates[currency] * _CENTS)}" for currency in CURRENCIES]
    return "\n".join(rows) + "\n"


def generate(check: bool = False) -> list[str]:
    """Bring the seed up to date; answers the paths that changed."""
    path, text = project_dir() / "seeds" / "fx_rates.csv", fx_rates()
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return []
    if not check:
        path.write_text(text, encoding="utf-8")
    return ["warehouse/seeds/fx_rates.csv"]
