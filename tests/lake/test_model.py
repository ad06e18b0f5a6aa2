"""Whatever is done to a table in whatever order, it holds what a plain list would."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapflow.lake import Lake, PartitionField, Split

NAME = "raw.t"
SCHEMA = pa.schema([("n", pa.int64()), ("at", pa.timestamp("us"))])
BY = {split: (PartitionField("at", split),) for split in (Split.MONTH, Split.DAY, Split.YEAR)}

Row = tuple[int, datetime]
ROWS = st.lists(
    st.tuples(st.integers(0, 99), st.datetimes(datetime(2024, 12, 25), datetime(2025, 2, 5))), min_size=1, max_size=4
)
STEP = st.one_of(
    st.tuples(st.just("append"), ROWS),
    st.tuples(st.just("replace"), ROWS),
    st.tuples(st.just("compact"), st.none()),
    st.tuples(st.just("expire"), st.integers(1, 3)),
    st.tuples(st.just("repartition"), st.sampled_from(list(BY))),
    st.tuples(st.just("delete month"), st.sampled_from([12, 1, 2])),
    st.tuples(st.just("add column"), st.integers(0, 9)),
)


def table_of(rows: list[Row]) -> pa.Table:
    return pa.table({"n": [r[0] for r in rows], "at": pa.array([r[1] for r in rows], pa.timestamp("us"))})


class Model:
    """A table beside the list of rows that it must hold, and what its versions held."""

    def __init__(self, home: Path) -> None:
        self.lake = Lake(home)
        self.lake.ensure(NAME, SCHEMA, BY[Split.MONTH])
        self.rows: list[Row] = []
        self.past: dict[int, list[Row]] = {}

    def do(self, step: str, value: object) -> None:
        act: dict[str, Callable[[], object]] = {
            "append": lambda: self.append(value),
            "replace": lambda: self.replace(value),
            "compact": lambda: self.lake.compact(NAME),
            "expire": lambda: self.lake.expire(NAME, keep=value),
            "repartition": lambda: self.lake.repartition(NAME, BY[value]),
            "delete month": lambda: self.delete_month(value),
            "add column": lambda: self.lake.add_columns(NAME, pa.schema([(f"c{value}", pa.string())])),
        }
        act[step]()
        snapshots = self.lake.snapshots(NAME)
        self.past = {s.snapshot: self.past.get(s.snapshot, sorted(self.rows)) for s in snapshots}

    def append(self, rows: list[Row]) -> None:
        self.lake.append(NAME, table_of(rows))
        self.rows += rows

    def replace(self, rows: list[Row]) -> None:
        """All of a month goes, whatever the partitions of its files: files are picked by their rows."""
        months = {(r[1].year, r[1].month) for r in rows}

        def theirs(row: Row) -> bool:
            return (row[1].year, row[1].month) in months

        touched = [f for f in self.lake.files(NAME) if any(theirs(r) for r in self.read([f]))]
        kept = [r for r in self.read(touched) if not theirs(r)]
        files = self.lake.write(NAME, table_of(kept + rows))
        self.lake.replace_partitions(NAME, files, drop=lambda f: f.path in {t.path for t in touched})
        self.rows = [r for r in self.rows if not theirs(r)] + rows

    def delete_month(self, month: int) -> None:
        def inside(rows: list[Row]) -> bool:
            return all(r[1].month == month for r in rows)

        gone = {f.path for f in self.lake.files(NAME) if inside(self.read([f]))}
        lost = [r for f in self.lake.files(NAME) if f.path in gone for r in self.read([f])]
        self.lake.delete_files(NAME, lambda f: f.path in gone)
        for row in lost:
            self.rows.remove(row)

    def read(self, files: list) -> list[Row]:
        rows = self.lake.rows_of(NAME, files)
        return list(zip(rows["n"].to_pylist(), rows["at"].to_pylist()))

    def check(self) -> None:
        scan = self.lake.scan(NAME)
        arrow = scan.arrow()
        assert sorted(zip(arrow["n"].to_pylist(), arrow["at"].to_pylist())) == sorted(self.rows)
        assert sorted(duckdb.sql(f'select n, "at" from ({scan.duckdb_sql})').fetchall()) == sorted(self.rows)
        assert scan.rows == self.lake.info(NAME).rows == len(self.rows)
        for snapshot, rows in self.past.items():
            old = self.lake.scan(NAME, snapshot).arrow()
            assert sorted(zip(old["n"].to_pylist(), old["at"].to_pylist())) == rows
        assert self.lake.orphans(NAME, older_than_seconds=0) == []


@given(st.lists(STEP, min_size=1, max_size=6))
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
def test_a_table_holds_what_a_list_would(steps: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = Model(Path(folder))
        for step, value in steps:
            model.do(step, value)
        model.check()
