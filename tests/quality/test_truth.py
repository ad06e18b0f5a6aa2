"""The ledger as tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.homes import LIMITS, simulated_home

from tapflow.business import ledger
from tapflow.quality.truth import truth_database
from tapflow.warehouse.engine import opened


def test_what_has_never_happened_is_an_empty_table_and_fills_later(tmp_path: Path) -> None:
    home = simulated_home(tmp_path / "h", until=date(2026, 3, 1), days=1)
    never = {t.name for t in ledger.TABLES} - {p.name for p in home.truth.iterdir()}
    assert never
    with opened(truth_database(home.root, LIMITS), LIMITS, read_only=True) as connection:
        for table in never:
            assert connection.execute(f'select count(*) from "{table}"').fetchone() == (0,)
    simulated_home(tmp_path / "h", until=date(2026, 3, 8), days=1)
    happened = never & {p.name for p in home.truth.iterdir()}
    assert happened
    with opened(truth_database(home.root, LIMITS), LIMITS, read_only=True) as connection:
        for table in happened:
            assert connection.execute(f'select count(*) from "{table}"').fetchone() != (0,)


def test_only_the_needed_tables_are_gathered_and_the_others_when_they_are(tmp_path: Path) -> None:
    home = simulated_home(tmp_path / "h", until=date(2026, 3, 2), days=2)

    def rows(table: str, needed: set[str] | None) -> int:
        with opened(truth_database(home.root, LIMITS, needed), LIMITS, read_only=True) as connection:
            (count,) = connection.execute(f'select count(*) from "{table}"').fetchone() or (None,)
            return int(count)

    assert rows("cash_day", {"cash_day"}) == 2
    assert rows("account", {"cash_day"}) == 0
    assert rows("account", None) > 0
    assert rows("cash_day", {"account"}) == 2
