"""The ledger as tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.homes import LIMITS, simulated_home

from tapflow.business import ledger
from tapflow.quality.truth import truth_database
from tapflow.warehouse import gathered
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


def test_a_large_table_is_read_where_it_lies_and_follows_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = simulated_home(tmp_path / "h", until=date(2026, 3, 1), days=1)

    def found() -> tuple[str, int]:
        with opened(truth_database(home.root, LIMITS), LIMITS, read_only=True) as connection:
            kinds = connection.execute("select view_name from duckdb_views() where not internal").fetchall()
            (rows,) = connection.execute("select count(*) from device_day").fetchone() or (0,)
            return ("view" if ("device_day",) in kinds else "table"), int(rows)

    kind, copied = found()
    assert kind == "table"
    bytes_there = sum(p.stat().st_size for p in (home.truth / "device_day").iterdir())
    monkeypatch.setattr(gathered, "VIEWED_FROM_BYTES", bytes_there)
    assert found() == ("view", copied)
    simulated_home(tmp_path / "h", until=date(2026, 3, 2), days=1)
    kind, grown = found()
    assert (kind, grown > copied) == ("view", True)
    monkeypatch.undo()
    assert found() == ("table", grown)
