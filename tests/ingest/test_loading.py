"""Closed days reach the raw tables: once, whole, and again when they change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from sample_vendor import CONTRACTS, Vendor, day, events, orders

from tapflow.core.errors import AskedWrongly, FileBroken, UnknownName
from tapflow.ingest import expire_raw, ingest_days
from tapflow.lake import Lake, PartitionField, Split


def run(home: Path, lake: Lake, **more):
    return ingest_days(home, lake, contracts=CONTRACTS, **more)


def ask(lake: Lake, table: str, query: str) -> list[tuple]:
    return duckdb.sql(f"select {query} from ({lake.scan(table).duckdb_sql})").fetchall()


def state(lake: Lake) -> tuple:
    """What counts: rows and sums of both tables, by engine and by Iceberg's own reader."""
    by_sql = ask(lake, "raw.shop__orders", "count(*), sum(amount), count(distinct id), max(_loaded_at)")
    streamed = ask(lake, "raw.taps__events", "count(*), sum(device), count(distinct _source_file), max(_loaded_at)")
    rows = lake.scan("raw.taps__events").arrow()
    assert len(set(rows["_source_file"].to_pylist())) == streamed[0][2] and rows.num_rows == streamed[0][0]
    return by_sql, streamed


def test_closed_days_are_loaded_once_with_their_load_instant_and_file(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(4))
    vendor.put("shop/orders", 4, orders(4))  # not closed
    report = run(home, lake)
    assert (report.rows, report.quarantined, report.files) == (4 * 8, 0, 8)
    assert state(lake) == (
        [(12, sum(300 * n + 3 for n in range(4)), 12, datetime(2025, 2, 3))],
        [(20, 40, 4, datetime(2025, 2, 3))],
    )
    files = ask(lake, "raw.shop__orders", "distinct _source_file, _loaded_at")
    assert ("shop/orders/2025-01-30.parquet", datetime(2025, 1, 31)) in files
    again = run(home, lake)
    assert again.rows == 0 and not again.tables
    assert len(lake.snapshots("raw.shop__orders")) == 1


def test_a_slice_is_one_commit_a_table_and_one_file_a_month(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(4))
    run(home, lake)
    assert len(lake.snapshots("raw.shop__orders")) == len(lake.snapshots("raw.taps__events")) == 1
    assert len(lake.files("raw.shop__orders")) == 2
    assert len(lake.files("raw.taps__events")) == 4


def test_a_clean_stream_file_is_taken_over_byte_for_byte(home: Path, vendor: Vendor, lake: Lake) -> None:
    path = vendor.put("taps/events", 0, events(0))
    vendor.close(0)
    run(home, lake)
    (file,) = lake.files("raw.taps__events")
    assert file.path.read_bytes() == path.read_bytes()
    path.unlink()
    assert ask(lake, "raw.taps__events", "count(*), min(_loaded_at)") == [(5, datetime(2025, 1, 31))]


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_json_lines_load_like_parquet(home: Path, vendor: Vendor, lake: Lake, suffix: str) -> None:
    rows = orders(0).to_pylist()
    vendor.put("shop/orders", 0, [{**r, "updated": r["updated"].isoformat() + "Z"} for r in rows], suffix)
    vendor.put("taps/events", 0, [{"device": 1, "at": "2025-01-30T01:00:00"}], suffix)
    vendor.close(0)
    assert run(home, lake).rows == 4
    loaded = lake.scan("raw.shop__orders").arrow().drop_columns(["_loaded_at", "_source_file"])
    assert loaded.to_pylist() == rows
    assert ask(lake, "raw.taps__events", "_source_file") == [(f"taps/events/{day(0)}{suffix}",)]


def test_days_loaded_one_by_one_or_at_once_hold_the_same_rows(tmp_path: Path) -> None:
    digests = []
    for name, slices in (("once", [range(40)]), ("daily", [range(n, n + 1) for n in range(40)])):
        home = tmp_path / name
        vendor, lake = Vendor(home), Lake(home)
        for part in slices:
            vendor.run(part)
            run(home, lake)
        rows = lake.scan("raw.shop__orders").arrow().sort_by("id").to_pylist()
        streamed = lake.scan("raw.taps__events").arrow().sort_by([("at", "ascending")]).to_pylist()
        digests.append((rows, streamed))
        assert len(lake.files("raw.shop__orders")) < 30
    assert digests[0] == digests[1]


def test_a_redone_day_with_the_same_bytes_is_not_loaded_again(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(3))
    run(home, lake)
    before = state(lake)
    vendor.run(range(1, 2))
    assert run(home, lake).rows == 0
    assert state(lake) == before


def test_a_redone_day_with_other_bytes_replaces_that_day(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(3))
    run(home, lake)
    vendor.put("shop/orders", 1, orders(1, count=2, factor=7))
    vendor.put("taps/events", 1, events(1, count=2))
    vendor.close(1)
    report = run(home, lake)
    assert report.rows == 4
    assert report.tables["raw.shop__orders"].replaced_days == (day(1),)
    assert ask(lake, "raw.shop__orders", "sum(amount), count(*)") == [(3 + 603 + 700 + 707, 8)]
    assert ask(lake, "raw.taps__events", "count(*)") == [(12,)]
    assert len(lake.snapshots("raw.shop__orders")) == 2
    assert run(home, lake).rows == 0


def test_what_is_taken_up_out_of_turn_is_stamped_later_than_all_that_was_loaded(
    home: Path, vendor: Vendor, lake: Lake
) -> None:
    vendor.run(range(3))
    run(home, lake)
    stamps = [ask(lake, "raw.shop__orders", "max(_loaded_at)")]
    for number in (1, 0):
        vendor.put("shop/orders", number, orders(number, count=2, factor=7))
        vendor.close(number)
        run(home, lake)
        theirs = ask(lake, "raw.shop__orders", f"min(_loaded_at) filter (where id like 'o{number}-%')")
        assert theirs > stamps[-1]
        stamps.append(theirs)
    vendor.run(range(3, 4))
    run(home, lake)
    assert ask(lake, "raw.shop__orders", "max(_loaded_at)") > stamps[-1]


def test_a_day_that_lost_an_object_loses_its_rows(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(3))
    run(home, lake)
    del vendor.days[day(1)]["shop/orders"]
    vendor.close(1)
    report = run(home, lake)
    assert report.tables["raw.shop__orders"].withdrawn_days == (day(1),)
    assert ask(lake, "raw.shop__orders", "count(*)") == [(6,)]
    assert not run(home, lake).tables


def test_a_held_day_is_loaded_later_with_the_later_instant(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.put("shop/orders", 0, orders(0), held=True, until=day(2).isoformat())
    vendor.put("taps/events", 0, events(0))
    vendor.close(0)
    vendor.run(range(1, 2))
    report = run(home, lake)
    assert report.tables["raw.shop__orders"].held_days == (day(0),)
    assert ask(lake, "raw.shop__orders", "count(*)") == [(3,)]
    vendor.run(range(2, 3))
    run(home, lake)
    late = ask(lake, "raw.shop__orders", "max(_loaded_at) filter (where id like 'o0-%'), count(*)")
    assert late == [(datetime(2025, 2, 2), 9)]


def test_a_marker_written_anew_releases_a_held_file_with_its_own_instant(
    home: Path, vendor: Vendor, lake: Lake
) -> None:
    vendor.put("shop/orders", 0, orders(0), held=True)
    vendor.close(0)
    assert run(home, lake).rows == 0
    vendor.put("shop/orders", 0, orders(0), loaded_at="2025-02-04T00:00:00+00:00")
    vendor.close(0)
    assert run(home, lake).rows == 3
    assert ask(lake, "raw.shop__orders", "distinct _loaded_at") == [(datetime(2025, 2, 4),)]


def test_of_two_forms_of_a_day_the_promised_one_is_loaded(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.put("shop/orders", 0, orders(0, count=5))
    vendor.put("shop/orders", 0, [{"id": "a", "amount": 1, "updated": "2025-01-30"}], ".jsonl")
    vendor.close(0)
    assert run(home, lake).rows == 1
    assert ask(lake, "raw.shop__orders", "_source_file") == [("shop/orders/2025-01-30.jsonl",)]


def test_a_file_that_is_not_there_yet_is_missing_and_loads_when_it_comes(
    home: Path, vendor: Vendor, lake: Lake
) -> None:
    vendor.run(range(2))
    path = vendor.sources / "shop/orders" / f"{day(0)}.parquet"
    kept = path.read_bytes()
    path.unlink()
    assert run(home, lake).tables["raw.shop__orders"].missing_days == (day(0),)
    path.write_bytes(kept)
    assert run(home, lake).rows == 3
    assert ask(lake, "raw.shop__orders", "count(*)") == [(6,)]


def test_only_the_named_system_is_loaded(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(1))
    assert set(run(home, lake, systems=["taps"]).tables) == {"raw.taps__events"}
    with pytest.raises(UnknownName, match="shop"):
        run(home, lake, systems=["shp"])


def test_old_stream_days_expire_with_their_files_and_do_not_come_back(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(6))
    run(home, lake)
    paths = [f.path for f in lake.files("raw.taps__events")]
    gone = expire_raw(home, lake, last_day=day(5), days=2, source_days=2, contracts=CONTRACTS)
    assert gone.rows == 20 and gone.source_files == 8
    assert sum(p.exists() for p in paths) == 2
    assert not (vendor.sources / "taps/events" / f"{day(3)}.parquet").exists()
    orders = vendor.sources / "shop/orders"
    assert [day(n) for n in range(6) if (orders / f"{day(n)}.parquet").exists()] == [day(4), day(5)]
    assert ask(lake, "raw.shop__orders", "count(*)") == [(18,)], "rows stay in the lake"
    assert not run(home, lake).tables
    assert state(lake)[1] == [(10, 20, 2, datetime(2025, 2, 5))]
    vendor.run(range(6, 7))
    run(home, lake)
    assert state(lake)[1][0][0] == 15


def test_retention_killed_half_way_is_completed_by_the_next(home: Path, vendor: Vendor) -> None:
    vendor.run(range(6))
    lake = Lake(home)
    run(home, lake)
    paths = [f.path for f in lake.files("raw.taps__events")]
    unseen = vendor.put("taps/events", -3, events(-3))  # its day was never closed

    def kill(step: str) -> None:
        if step == "committed":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        expire_raw(home, Lake(home, hook=kill), last_day=day(5), days=2, source_days=2, contracts=CONTRACTS)
    assert all(p.exists() for p in paths)
    expire_raw(home, lake, last_day=day(5), days=2, source_days=2, contracts=CONTRACTS)
    assert sum(p.exists() for p in paths) == 2
    assert len(list((vendor.sources / "taps/events").iterdir())) == 3 and unseen.exists()
    assert not run(home, lake).tables


def test_progress_counts_files(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(3))
    told: list[tuple[int, int]] = []
    run(home, lake, progress=lambda done, total: told.append((done, total)))
    assert sorted(told) == [(i, 6) for i in range(1, 7)]


def test_a_broken_marker_is_told_by_name(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(1))
    (vendor.sources / "_days" / f"{day(0)}.json").write_text("{")
    with pytest.raises(FileBroken, match=str(day(0))):
        run(home, lake)


def test_rows_of_an_older_contract_stay_when_a_field_is_added_to_it(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(1))
    run(home, lake)
    before = lake.files("raw.shop__orders")
    vendor.put("shop/orders", 1, orders(1, channel=pa.array(["web"] * 3)))
    vendor.close(1)
    run(home, lake)
    assert {f.path for f in before} <= {f.path for f in lake.files("raw.shop__orders")}
    assert ask(lake, "raw.shop__orders", "count(*), count(channel)") == [(6, 3)]


@pytest.mark.parametrize(("before", "after"), [(False, True), (True, False)])
def test_an_object_may_become_a_stream_and_stop_being_one(
    home: Path, vendor: Vendor, lake: Lake, before: bool, after: bool
) -> None:
    stream = CONTRACTS["taps/events"]
    for number, by_day in enumerate((before, after)):
        vendor.put("taps/events", number, events(number))
        vendor.close(number)
        ingest_days(home, lake, contracts={"taps/events": replace(stream, by_day=by_day)})
    scan = lake.scan("raw.taps__events")
    assert not scan.by_name
    rows = scan.arrow().group_by("_source_file").aggregate([("_loaded_at", "count"), ("device", "sum")]).to_pylist()
    assert [(r["_loaded_at_count"], r["device_sum"]) for r in rows] == [(5, 10), (5, 10)]


def test_partitions_chosen_by_hand_stay_chosen(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(1))
    run(home, lake)
    lake.repartition("raw.shop__orders", (PartitionField("updated", Split.DAY),))
    vendor.run(range(1, 3))
    run(home, lake)
    assert [f.name for f in lake.info("raw.shop__orders").partitioning] == ["updated_day"]
    assert ask(lake, "raw.shop__orders", "count(*), sum(amount)") == [(9, 909)]
    with pytest.raises(AskedWrongly, match="_loaded_at"):
        lake.repartition("raw.taps__events", ())
