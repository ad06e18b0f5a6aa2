"""`tapflow lake` and `tapflow quarantine`: what they show and do."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from tapflow.ingest.judging import Refusal
from tapflow.ingest.quarantine import Quarantine, Refused
from tapflow.lake import Lake, PartitionField, Split
from tapflow.pipeline import cli
from tapflow.pipeline.home import Home, Pin

SCHEMA = pa.schema([("id", pa.string()), ("amount", pa.int64()), ("at", pa.timestamp("us"))])


def rows(*numbers: int) -> pa.Table:
    at = datetime(2025, 1, 5)
    return pa.table({"id": [str(n) for n in numbers], "amount": list(numbers), "at": [at] * len(numbers)})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "my home"
    Home(home).settle(Pin("tiny", 1, "digest", "2025-01-01"))
    with Lake(home) as lake:
        lake.ensure("raw.shop__orders", SCHEMA, (PartitionField("at", Split.MONTH),))
        for number in range(3):
            lake.append("raw.shop__orders", rows(number), loaded_through=datetime(2025, 1, 5 + number).date())
    return home


def run(capsys: pytest.CaptureFixture[str], home: Path, *arguments: str, code: int = 0) -> str:
    assert cli.run([*arguments, "--home", str(home)]) == code
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return shown.out if code == 0 else shown.err


def test_tables_snapshots_and_files_are_shown(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert "raw.shop__orders" in run(capsys, home, "lake", "tables")
    assert run(capsys, home, "lake", "snapshots", "raw.shop__orders").count("append") == 3
    assert run(capsys, home, "lake", "files", "raw.shop__orders").count("at_month=2025-01-01") == 3


def test_a_table_is_read_as_of_a_time(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    def ids(*as_of: str) -> list[str]:
        text = run(capsys, home, "lake", "read", "raw.shop__orders", *as_of, "--format", "json")
        return sorted(row["id"] for row in json.loads(text))

    assert ids() == ["0", "1", "2"]
    assert ids("--as-of", "2025-01-06") == ["0", "1"]
    with Lake(home) as lake:
        first = lake.snapshots("raw.shop__orders")[0]
    assert ids("--as-of", str(first.snapshot)) == ["0"]
    assert ids("--as-of", "2001-01-01T00:00:00") == []
    assert "no snapshot" in run(capsys, home, "lake", "read", "raw.shop__orders", "--as-of", "v9", code=2)


def test_a_schema_evolves_without_rewriting(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    with Lake(home) as lake:
        before = [f.path for f in lake.files("raw.shop__orders")]
    run(capsys, home, "lake", "evolve", "raw.shop__orders", "--add", "note:string", "--rename", "amount:cents",
        "--partition-by", "at:day")  # fmt: skip
    with Lake(home) as lake:
        assert [f.path for f in lake.files("raw.shop__orders")] == before
        assert lake.schema("raw.shop__orders").names == ["id", "cents", "at", "note"]
    assert "no way to partition" in run(
        capsys, home, "lake", "evolve", "raw.shop__orders", "--partition-by", "at:week", code=2
    )
    assert "cents" in run(capsys, home, "lake", "evolve", "raw.shop__orders", "--drop", "cent", code=2)


def test_upkeep_folds_expires_and_cleans(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert "3" in run(capsys, home, "lake", "compact")
    run(capsys, home, "lake", "expire", "--keep", "1")
    with Lake(home) as lake:
        assert len(lake.files("raw.shop__orders")) == len(lake.snapshots("raw.shop__orders")) == 1
        lake.write("raw.shop__orders", rows(9))
    assert ".parquet" in run(capsys, home, "lake", "orphans", "--older-than", "0")
    assert "removed 1 files" in run(capsys, home, "lake", "orphans", "--older-than", "0", "--remove")
    assert run(capsys, home, "lake", "orphans", "--older-than", "0") == ""


def test_an_unknown_table_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert "Did you mean raw.shop__orders?" in run(capsys, home, "lake", "files", "raw.shop_orders", code=2)


def test_quarantine_is_listed_with_reasons(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    day = datetime(2025, 1, 5)
    refused = Refused(day.date(), "shop/orders/2025-01-05.jsonl", day, [Refusal("mistyped_value", "amount", '{"a":1}')])
    with Lake(home) as lake:
        Quarantine(home, lake).settle("shop", "orders", [day.date()], [refused])
    assert "mistyped_value" in run(capsys, home, "quarantine", "list")
    assert '{"a":1}' in run(capsys, home, "quarantine", "list", "shop", "--records").replace("\n", "")
