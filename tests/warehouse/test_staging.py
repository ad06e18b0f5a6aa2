"""Staging models follow from declarations: typed, renamed, one row per key."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml

from tapflow.core.schema import Derived, Field, Kind, SourceObject, Type
from tapflow.warehouse.project import sync
from tapflow.warehouse.staging import models_yaml, sources_yaml, staging_files, staging_sql


def declared(kind: Kind = Kind.CHANGES) -> SourceObject:
    return SourceObject(
        system="crm",
        name="deals",
        grain="one row per deal",
        description="Deals of a made-up CRM.",
        fields=(
            Field("Id", Type.STRING, "The deal.", required=True, staged="deal_id"),
            Field("order", Type.INT, "A reserved word.", staged="position"),
            Field("SystemModstamp", Type.TIMESTAMP, "Newest change.", required=True, staged="updated_at"),
            Field("secret", Type.STRING, "Left out.", staged=None),
            Field("AmountText", Type.STRING, "Amount as text.", staged="amount", sql='cast("AmountText" as double)'),
        ),
        key=("Id",),
        version="SystemModstamp",
        derived=(Derived("is_large", Type.BOOL, 'cast("AmountText" as double) > 10', "Above ten."),),
        kind=kind,
    )


def run(kind: Kind) -> list[tuple[object, ...]]:
    sql = staging_sql(declared(kind)).replace("{{ source('crm', 'deals') }}", "deals")
    connection = duckdb.connect()
    connection.execute("""create table deals as select * from (values
        ('a', 1, timestamp '2026-01-01', 'x', '5', timestamp '2026-01-02'),
        ('a', 2, timestamp '2026-01-05', 'x', '50', timestamp '2026-01-06'),
        ('a', 3, timestamp '2026-01-05', 'x', '60', timestamp '2026-01-07'),
        ('b', 4, timestamp '2026-01-01', 'x', '7', timestamp '2026-01-02')
    ) as t("Id", "order", "SystemModstamp", "secret", "AmountText", _loaded_at)""")
    return connection.execute(sql).fetchall()


def test_changes_keep_the_newest_version_and_of_those_the_one_loaded_last() -> None:
    rows = sorted((r[0], r[1], r[3], r[4]) for r in run(Kind.CHANGES))
    assert rows == [("a", 3, 60.0, True), ("b", 4, 7.0, False)]


def test_events_keep_the_copy_that_was_loaded_first() -> None:
    assert sorted((r[0], r[1]) for r in run(Kind.EVENTS)) == [("a", 1), ("b", 4)]


def test_streams_keep_every_row() -> None:
    assert len(run(Kind.STREAM)) == 4


def test_the_first_line_tells_the_grain() -> None:
    assert staging_sql(declared()).splitlines()[0] == "-- Grain: one row per deal"


def test_yaml_names_the_staged_columns_the_key_and_the_freshness() -> None:
    model = yaml.safe_load(models_yaml([declared()]))["models"][0]
    assert [c["name"] for c in model["columns"]] == [
        "deal_id", "position", "updated_at", "amount", "is_large", "_loaded_at",
    ]  # fmt: skip
    assert model["data_tests"] == [{"unique_combination": {"arguments": {"columns": ["deal_id"]}}}]
    table = yaml.safe_load(sources_yaml("crm", [declared()]))["sources"][0]["tables"][0]
    assert table["identifier"] == "crm__deals"
    assert table["config"]["freshness"]["warn_after"] == {"count": 48, "period": "hour"}


def test_a_key_that_staging_leaves_out_is_refused() -> None:
    broken = SourceObject(
        "crm", "deals", "g", "d", (Field("Id", Type.STRING, "x", staged=None), Field("v", Type.INT, "v")), ("Id",), "v"
    )
    with pytest.raises(ValueError, match="key"):
        staging_files([broken])


def test_sync_writes_removes_what_is_stale_and_reports_a_drift(tmp_path: Path) -> None:
    files = staging_files([declared()])
    assert len(sync(tmp_path, files, check=True)) == 3
    assert not list(tmp_path.rglob("*.sql"))
    sync(tmp_path, files)
    (tmp_path / "crm" / "stg_crm__gone.sql").write_text("select 1")
    (tmp_path / "crm" / "_models.yml").write_text("edited by hand")
    assert sync(tmp_path, files, check=True) == ["crm/_models.yml", "crm/stg_crm__gone.sql"]
    sync(tmp_path, files)
    assert sync(tmp_path, files, check=True) == []


def test_two_columns_of_one_staged_name_are_refused() -> None:
    fields = (Field("id", Type.STRING, "x"), Field("a", Type.INT, "x", staged="b"), Field("b", Type.INT, "x"))
    with pytest.raises(ValueError, match="staged as b"):
        staging_sql(SourceObject("crm", "deals", "g", "d", fields, ("id",), "a"))
