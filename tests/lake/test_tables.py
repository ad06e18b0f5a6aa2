"""Tables of the lake: appended, replaced, read as of a time, evolved."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tapflow.core.errors import AskedWrongly, UnknownName
from tapflow.lake import Lake, PartitionField, Split

SCHEMA = pa.schema([("id", pa.string()), ("amount_minor", pa.int64()), ("at", pa.timestamp("us"))])
BY_MONTH = (PartitionField("at", Split.MONTH),)


def rows(*values: tuple[str, int, datetime]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, v)) for v in values], schema=SCHEMA)


JANUARY = rows(("a", 1, datetime(2025, 1, 5)), ("b", 2, datetime(2025, 1, 9)))
FEBRUARY = rows(("c", 4, datetime(2025, 2, 1)))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "a home")


def sql(lake: Lake, name: str, query: str, as_of=None) -> list[tuple]:
    return duckdb.sql(f"select {query} from ({lake.scan(name, as_of).duckdb_sql})").fetchall()


def test_appended_rows_are_read_the_same_by_arrow_and_by_duckdb(lake: Lake) -> None:
    lake.ensure("raw.orders", SCHEMA, BY_MONTH)
    lake.append("raw.orders", pa.concat_tables([JANUARY, FEBRUARY]))
    scan = lake.scan("raw.orders")
    assert scan.by_name and scan.rows == 3
    assert {f.partition["at_month"] for f in scan.files} == {date(2025, 1, 1), date(2025, 2, 1)}
    assert sum(scan.arrow()["amount_minor"].to_pylist()) == 7
    assert sql(lake, "raw.orders", "sum(amount_minor), count(*)") == [(7, 3)]
    assert lake.names() == ["raw.orders"]


def test_an_empty_table_has_its_columns(lake: Lake) -> None:
    lake.ensure("raw.orders", SCHEMA, BY_MONTH)
    assert sql(lake, "raw.orders", "count(id)") == [(0,)]
    assert lake.scan("raw.orders").arrow().schema.names == SCHEMA.names


def test_replacing_a_partition_leaves_the_others_and_is_one_commit(lake: Lake) -> None:
    lake.ensure("fact.orders", SCHEMA, BY_MONTH)
    lake.append("fact.orders", pa.concat_tables([JANUARY, FEBRUARY]))
    lake.replace_partitions("fact.orders", rows(("a", 100, datetime(2025, 1, 6))))
    assert len(lake.snapshots("fact.orders")) == 2
    assert sql(lake, "fact.orders", "sum(amount_minor), count(*)") == [(104, 2)]
    assert lake.info("fact.orders").rows == 2


def test_a_table_without_partitions_is_replaced_whole(lake: Lake) -> None:
    lake.ensure("entity.customers", SCHEMA)
    lake.append("entity.customers", JANUARY)
    lake.replace_partitions("entity.customers", FEBRUARY)
    assert sql(lake, "entity.customers", "id") == [("c",)]


def test_a_table_is_read_as_of_a_day_a_commit_a_number_and_a_tag(lake: Lake) -> None:
    lake.ensure("raw.orders", SCHEMA)
    first = lake.append("raw.orders", JANUARY, loaded_through=date(2025, 1, 31), tag="v1")
    between = datetime.now(UTC)
    lake.append("raw.orders", FEBRUARY, loaded_through=date(2025, 2, 28))
    for as_of in (first, "v1", date(2025, 2, 10), between):
        assert lake.scan("raw.orders", as_of).arrow().num_rows == 2
    assert lake.scan("raw.orders", date(2025, 1, 1)).arrow().num_rows == 0
    with pytest.raises(UnknownName, match="v1"):
        lake.scan("raw.orders", "v2")


def test_a_column_is_added_and_widened_without_rewriting(lake: Lake) -> None:
    narrow = pa.schema([("id", pa.string()), ("n", pa.int32())])
    lake.ensure("raw.things", narrow)
    lake.append("raw.things", pa.table({"id": ["a"], "n": pa.array([1], pa.int32())}))
    before = lake.files("raw.things")
    wide = pa.schema([("id", pa.string()), ("n", pa.int64()), ("note", pa.string())])
    assert lake.add_columns("raw.things", wide) == ("note", "n")
    assert lake.files("raw.things") == before
    assert sql(lake, "raw.things", "id, n, note, typeof(n)") == [("a", 1, None, "BIGINT")]
    lake.append("raw.things", pa.table({"id": ["b"], "n": [1 << 40], "note": ["x"]}))
    assert sql(lake, "raw.things", "sum(n), count(note)") == [((1 << 40) + 1, 1)]
    with pytest.raises(AskedWrongly, match="column of their own"):
        lake.add_columns("raw.things", pa.schema([("n", pa.string())]))


def test_a_renamed_column_is_read_through_arrow(lake: Lake) -> None:
    lake.ensure("raw.orders", SCHEMA)
    lake.append("raw.orders", JANUARY)
    lake.rename_column("raw.orders", "id", "order_id")
    lake.append("raw.orders", FEBRUARY.rename_columns(["order_id", "amount_minor", "at"]))
    scan = lake.scan("raw.orders")
    assert not scan.by_name
    assert sorted(scan.arrow()["order_id"].to_pylist()) == ["a", "b", "c"]
    assert sorted(scan.batches().read_all()["order_id"].to_pylist()) == ["a", "b", "c"]


def test_partitioning_evolves_and_old_files_keep_theirs(lake: Lake) -> None:
    lake.ensure("raw.orders", SCHEMA, BY_MONTH)
    lake.append("raw.orders", JANUARY)
    assert lake.repartition("raw.orders", (PartitionField("at", Split.DAY),))
    assert not lake.repartition("raw.orders", (PartitionField("at", Split.DAY),))
    lake.append("raw.orders", JANUARY)
    assert len(lake.files("raw.orders")) == 3
    assert sql(lake, "raw.orders", "sum(amount_minor)") == [(6,)]
    assert lake.delete_files("raw.orders", lambda f: "at_month" in f.partition) == 2
    assert lake.scan("raw.orders").arrow().num_rows == 2
