"""Sales' revenue differs from Finance's by named causes, and by nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tapflow.quality.figure import registry, rendered

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(("cause", "explained"), [("duplicate_account", 700), ("unnamed", 0)])
def test_only_a_named_cause_explains_a_gap(tmp_path: Path, cause: str, explained: int) -> None:
    sql = registry()["sales_arr"].explained
    assert sql is not None
    with duckdb.connect(str(tmp_path / "truth.duckdb")) as connection:
        connection.execute("create table sales_arr_gap (day date, cause varchar, amount_usd_minor bigint)")
        connection.execute(
            'create table mrr_movement ("at" timestamp, kind varchar, amount_usd_minor bigint, is_test boolean)'
        )
        connection.execute("insert into sales_arr_gap values (?, ?, 700)", [DAY, cause])
        connection.execute("insert into mrr_movement values (?, 'new', 0, false)", [DAY])
        rows = connection.execute(rendered(sql, "day", "'all'")).fetchall()
    assert [(day, int(value)) for day, _, value in rows] == [(DAY, explained)]
