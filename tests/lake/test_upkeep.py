"""Old versions go with their files, small files are folded, nothing else is touched."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from tapflow.core.errors import FileBroken, SurroundingsFailed, UnknownName
from tapflow.lake import Lake, PartitionField, Split

SCHEMA = pa.schema([("n", pa.int64()), ("at", pa.timestamp("us"))])
BY_MONTH = (PartitionField("at", Split.MONTH),)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def part(n: int, month: int = 1) -> pa.Table:
    return pa.table({"n": [n], "at": pa.array([datetime(2025, month, 1)], pa.timestamp("us"))})


def numbers(lake: Lake, as_of=None) -> list[int]:
    return sorted(lake.scan("raw.t", as_of).arrow()["n"].to_pylist())


def on_disk(lake: Lake) -> set[Path]:
    return {p for p in (lake.folder / "data").rglob("*") if p.is_file()}


def test_expiry_removes_replaced_files_and_keeps_what_is_live(lake: Lake) -> None:
    lake.ensure("raw.t", SCHEMA, BY_MONTH)
    for n in range(5):
        lake.replace_partitions("raw.t", part(n))
    lake.append("raw.t", part(9, month=2))
    old = [f.path for s in lake.snapshots("raw.t")[:-2] for f in lake.files("raw.t", s.snapshot)]
    gone = lake.expire("raw.t", keep=1)
    assert gone.snapshots == 5 and gone.files > 8
    assert not any(p.exists() for p in old)
    assert numbers(lake) == [4, 9]
    assert lake.orphans("raw.t", older_than_seconds=0) == []


def test_expiry_keeps_appended_files_that_are_still_read(lake: Lake) -> None:
    lake.ensure("raw.t", SCHEMA)
    for n in range(4):
        lake.append("raw.t", part(n))
    lake.expire("raw.t", keep=1)
    assert numbers(lake) == [0, 1, 2, 3]


def test_tagged_and_protected_versions_stay_readable(lake: Lake) -> None:
    lake.ensure("raw.t", SCHEMA)
    lake.replace_partitions("raw.t", part(1), tag="v1")
    second = lake.replace_partitions("raw.t", part(2))
    lake.replace_partitions("raw.t", part(3))
    lake.replace_partitions("raw.t", part(4))
    assert second is not None
    lake.expire("raw.t", keep=1, protected={second})
    assert (numbers(lake, "v1"), numbers(lake, second), numbers(lake)) == ([1], [2], [4])
    lake.untag("raw.t", "v1")
    lake.expire("raw.t", keep=1)
    with pytest.raises(UnknownName):
        lake.scan("raw.t", second)
    assert len(lake.files("raw.t")) == 1


def test_only_versions_beyond_the_newest_and_older_than_asked_go(lake: Lake) -> None:
    lake.ensure("raw.t", SCHEMA)
    for n in range(3):
        lake.append("raw.t", part(n))
    assert lake.expire("raw.t", keep=1, before=datetime.now(UTC) - timedelta(hours=1)).snapshots == 0
    assert lake.expire("raw.t", keep=2, before=datetime.now(UTC)).snapshots == 1


def test_versions_expire_by_themselves_and_commits_stay_cheap(lake: Lake) -> None:
    lake.ensure("raw.t", SCHEMA, BY_MONTH)
    for n in range(70):
        lake.replace_partitions("raw.t", part(n, month=n % 2 + 1))
    assert len(lake.snapshots("raw.t")) <= 50
    assert numbers(lake) == [68, 69]
    assert lake.orphans("raw.t", older_than_seconds=0) == []
    manifests = [p for p in on_disk(lake) if "-m" in p.name and p.suffix == ".avro"]
    assert len(manifests) < 3 * 50


def test_compaction_folds_small_files_and_keeps_every_row(lake: Lake) -> None:
    lake.ensure("raw.t", SCHEMA, BY_MONTH, properties={"tapflow.sort-by": "n"})
    for n in (3, 1, 2):
        lake.append("raw.t", part(n))
    lake.append("raw.t", part(7, month=2))
    assert lake.compact("raw.t") == 3
    (folded,) = [f for f in lake.files("raw.t") if f.rows == 3]
    assert lake.rows_of("raw.t", [folded])["n"].to_pylist() == [1, 2, 3]
    assert numbers(lake) == [1, 2, 3, 7]
    assert lake.compact("raw.t") == 0
    assert len(lake.scan("raw.t", lake.snapshots("raw.t")[-2].snapshot).files) == 4


def test_compaction_applies_renames_and_new_partitioning(lake: Lake) -> None:
    lake.ensure("raw.t", SCHEMA, BY_MONTH)
    lake.append("raw.t", part(1))
    lake.append("raw.t", part(2))
    lake.rename_column("raw.t", "n", "number")
    lake.repartition("raw.t", (PartitionField("at", Split.DAY),))
    lake.compact("raw.t")
    assert sorted(lake.scan("raw.t").arrow()["number"].to_pylist()) == [1, 2]
    assert [list(f.partition) for f in lake.files("raw.t")] == [["at_day"]]


def test_orphans_are_found_and_removed_and_young_files_left_alone(lake: Lake) -> None:
    lake.ensure("raw.t", SCHEMA)
    lake.append("raw.t", part(1))
    (left,) = lake.write("raw.t", part(2))  # as a killed run would leave it
    assert lake.orphans("raw.t") == []
    os.utime(left.path, (time.time() - 7200, time.time() - 7200))
    assert lake.orphans("raw.t") == [left.path]
    assert lake.remove_orphans("raw.t").files == 1
    assert numbers(lake) == [1]


def test_two_writers_of_one_table_cannot_both_win(lake: Lake, tmp_path: Path) -> None:
    lake.ensure("raw.t", SCHEMA)
    lake.append("raw.t", part(0))
    stale = lake.table("raw.t")
    Lake(tmp_path).append("raw.t", part(1))
    with pytest.raises(SurroundingsFailed, match="Another process"):
        lake.change("raw.t", lake.write("raw.t", part(2)), table=stale)
    assert numbers(lake) == [0, 1]


def test_a_dropped_table_leaves_no_file(lake: Lake) -> None:
    lake.ensure("raw.t", SCHEMA)
    lake.append("raw.t", part(1))
    lake.drop("raw.t")
    assert lake.names() == [] and not any("data/raw/t/data" in str(p) for p in on_disk(lake))


def test_a_damaged_file_of_the_lake_is_told_without_a_traceback(lake: Lake) -> None:
    lake.ensure("raw.t", SCHEMA)
    lake.append("raw.t", part(1))
    (data,) = [f.path for f in lake.files("raw.t")]
    data.write_bytes(b"PAR1 damaged")
    with pytest.raises(FileBroken, match=r"raw\.t"):
        numbers(lake)
    Path(lake.table("raw.t").metadata_location).write_text("{}")
    with pytest.raises(FileBroken):
        lake.info("raw.t")
