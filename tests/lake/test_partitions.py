"""Splitting rows by partition: each row once, in its order, whether a partition's rows lie together or not."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tapflow.lake.model import PartitionField, Split
from tapflow.lake.partitions import split_rows

BY_MONTH_AND_SHOP = (PartitionField("at", Split.MONTH), PartitionField("shop"))

INSTANTS = st.one_of(st.none(), st.datetimes(datetime(2025, 11, 1), datetime(2026, 2, 1)))
ROWS = st.lists(st.tuples(INSTANTS, st.one_of(st.none(), st.sampled_from(["north", "south"]))), min_size=1, max_size=30)


def month(at: datetime | None) -> tuple[int, int] | None:
    return (at.year, at.month) if at else None


@given(ROWS, st.booleans())
def test_each_row_comes_once_in_its_partition_and_in_order(
    given_rows: list[tuple[object, object]], at_once: bool
) -> None:
    rows = sorted(given_rows, key=repr) if at_once else given_rows
    table = pa.table(
        {
            "at": pa.array([at for at, _ in rows], pa.timestamp("us")),
            "shop": pa.array([shop for _, shop in rows], pa.string()),
            "number": pa.array(range(len(rows))),
        }
    )
    expected: dict[object, list[int]] = {}
    for number, (at, shop) in enumerate(rows):
        expected.setdefault((month(at), shop), []).append(number)  # type: ignore[arg-type]
    found = {}
    for values, part in split_rows(table, BY_MONTH_AND_SHOP):
        key = (month(values["at"]), values["shop"])  # type: ignore[arg-type]
        assert key not in found
        found[key] = part["number"].to_pylist()
    assert found == expected
