"""What is wrong goes to quarantine with its reason, counted and kept; what is right is loaded."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import duckdb
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_vendor import CONTRACTS, ORDERS, Vendor, day, events, orders

from tapflow.core.errors import DiskFull, FileBroken
from tapflow.core.schema import Type
from tapflow.ingest import ingest_days, load_contracts, quarantined
from tapflow.ingest.fitting import fit_array, fit_list
from tapflow.ingest.judging import judge_records, judge_table
from tapflow.ingest.reading import Records
from tapflow.lake import Lake


def run(home: Path, lake: Lake):
    report = ingest_days(home, lake, contracts=CONTRACTS)
    for table in report.tables.values():
        assert table.rows_in == table.rows + table.quarantined
    return report


def loaded(lake: Lake, columns: str = "id", table: str = "raw.shop__orders") -> list[tuple]:
    return duckdb.sql(f"select {columns} from ({lake.scan(table).duckdb_sql}) order by 1").fetchall()


def reasons(lake: Lake) -> list[tuple]:
    return [(r["reason"], r["field"], r["rows"]) for r in quarantined(lake)]


LINE = {"id": "a", "amount": 1, "updated": "2025-01-30T10:00:00Z"}


@pytest.mark.parametrize(
    ("line", "reason", "field"),
    [
        ({k: v for k, v in LINE.items() if k != "amount"}, "missing_field", "amount"),
        ({**LINE, "amount": None}, "null_in_required_field", "amount"),
        ({**LINE, "amount": "twelve"}, "mistyped_value", "amount"),
        ({**LINE, "amount": 1.5}, "mistyped_value", "amount"),
        ({**LINE, "amount": True}, "mistyped_value", "amount"),
        ({**LINE, "amount": 2**63}, "mistyped_value", "amount"),
        ({**LINE, "updated": 1738231200}, "mistyped_value", "updated"),
        ({**LINE, "rate": "fast"}, "mistyped_value", "rate"),
        ({**LINE, "note": {"deep": 1}}, "mistyped_value", "note"),
        (b'{"id": "a", "amount"', "not_json", None),
        (b"[1, 2]", "not_a_record", None),
    ],
)
def test_a_record_that_breaks_its_contract_is_kept_with_the_reason(
    home: Path, vendor: Vendor, lake: Lake, line: object, reason: str, field: str | None
) -> None:
    vendor.put("shop/orders", 0, [{**LINE, "id": "good"}, line, {**LINE, "id": "fine"}], ".jsonl")
    vendor.close(0)
    report = run(home, lake)
    assert (report.rows, report.quarantined) == (2, 1)
    assert loaded(lake) == [("fine",), ("good",)]
    assert reasons(lake) == [(reason, field, 1)]
    (kept,) = quarantined(lake)
    record = orjson.loads(kept["record"])
    assert record == (line if isinstance(line, dict) else line.decode())
    assert (kept["system"], kept["object"], kept["day"]) == ("shop", "orders", day(0))


@pytest.mark.parametrize(
    ("given_value", "kept"),
    [("12", 12), (12.0, 12), ("-7", -7)],
)
def test_a_castable_value_is_cast(home: Path, vendor: Vendor, lake: Lake, given_value: object, kept: int) -> None:
    vendor.put("shop/orders", 0, [{**LINE, "amount": given_value}], ".jsonl")
    vendor.close(0)
    assert run(home, lake).quarantined == 0
    assert loaded(lake, "amount") == [(kept,)]


def test_a_mistyped_column_is_cast_where_it_can_be(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.put("shop/orders", 0, orders(0, amount=["1", "no", "3"], rate=pa.array([1, 2, 3], pa.int32())))
    vendor.close(0)
    report = run(home, lake)
    assert (report.rows, report.quarantined) == (2, 1)
    assert loaded(lake, "amount, rate") == [(1, 1.0), (3, 3.0)]
    assert orjson.loads(quarantined(lake)[0]["record"])["amount"] == "no"


def test_nulls_in_a_required_column_are_refused_one_by_one(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.put("shop/orders", 0, orders(0, amount=pa.array([1, None, 3], pa.int64())))
    vendor.put("taps/events", 0, events(0).set_column(0, "device", pa.array([0, None, 2, 3, None], pa.int64())))
    vendor.close(0)
    report = run(home, lake)
    assert (report.rows, report.quarantined) == (5, 3)
    assert loaded(lake, "count(*), sum(device)", "raw.taps__events") == [(3, 5)]


BREAKS = {
    "half written": lambda data: data[: len(data) // 2],
    "a flipped byte": lambda data: data[:40] + bytes([data[40] ^ 255]) + data[41:],
    "empty": lambda _: b"",
    "no Parquet at all": lambda _: b"<html>502 Bad Gateway</html>",
}


# Against the marker's digest, or with a marker that vouches for the damage; a flipped byte vouched for is data.
DAMAGES = [(b, m) for b in BREAKS for m in (True, False) if m or b != "a flipped byte"]


@pytest.mark.parametrize("key", ["shop/orders", "taps/events"])
@pytest.mark.parametrize(("broken", "marked"), DAMAGES)
def test_a_broken_file_is_kept_whole_and_loaded_once_repaired(
    home: Path, vendor: Vendor, lake: Lake, key: str, broken: str, marked: bool
) -> None:
    vendor.run(range(1))
    path = vendor.sources / key / f"{day(0)}.parquet"
    good = path.read_bytes()
    bad = BREAKS[broken](good)
    path.write_bytes(bad)
    if not marked:
        vendor.days[day(0)][key]["sha256"] = hashlib.sha256(bad).hexdigest()
        vendor.close(0)
    rows = vendor.days[day(0)][key]["rows"]
    report = run(home, lake)
    assert report.quarantined == rows and report.rows == 8 - rows
    (kept,) = quarantined(lake)
    assert (kept["reason"], kept["rows"]) == ("unreadable_file", rows)
    assert Path(kept["kept_file"]).read_bytes() == bad
    assert not run(home, lake).files, "an unchanged broken file is not tried again"
    path.write_bytes(good)
    vendor.days[day(0)][key]["sha256"] = hashlib.sha256(good).hexdigest()
    vendor.close(0)
    assert run(home, lake).rows == rows
    assert quarantined(lake) == []
    assert Path(kept["kept_file"]).exists()


def test_a_redone_day_that_is_broken_leaves_the_rows_that_were_there(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(1))
    run(home, lake)
    vendor.put("shop/orders", 0, b"PAR1", rows=3)
    vendor.close(0)
    assert run(home, lake).quarantined == 3
    assert len(loaded(lake)) == 3
    vendor.put("shop/orders", 0, orders(0, count=2))
    vendor.close(0)
    run(home, lake)
    assert len(loaded(lake)) == 2 and quarantined(lake) == []


def test_a_truncated_packed_file_is_kept_whole(home: Path, vendor: Vendor, lake: Lake) -> None:
    path = vendor.put("shop/orders", 0, [LINE] * 50, ".jsonl.gz")
    vendor.put("shop/orders", 0, path.read_bytes()[:-9], ".jsonl.gz", rows=50)
    vendor.close(0)
    assert run(home, lake).quarantined == 50


def test_a_missing_required_column_refuses_the_file(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.put("shop/orders", 0, orders(0).drop_columns(["amount"]))
    vendor.close(0)
    assert run(home, lake).quarantined == 3
    assert "amount" in quarantined(lake)[0]["record"]


def test_a_missing_optional_column_is_null(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.put("shop/orders", 0, orders(0).drop_columns(["note"]))
    vendor.close(0)
    assert run(home, lake).rows == 3
    assert loaded(lake, "count(note)") == [(0,)]


def test_a_new_field_becomes_a_column_and_is_counted_once(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.run(range(1))
    run(home, lake)
    vendor.put("shop/orders", 1, orders(1, channel=["web", "app", None]))
    vendor.put("taps/events", 1, events(1).append_column("volt", pa.array([1.5] * 5)))
    vendor.close(1)
    report = run(home, lake)
    assert report.tables["raw.shop__orders"].schema_changes == ("channel",)
    assert report.schema_changes == 2 and report.quarantined == 0
    assert loaded(lake, "count(*), count(channel)") == [(6, 2)]
    assert loaded(lake, "count(*), sum(volt), count(distinct _loaded_at)", "raw.taps__events") == [(10, 7.5, 2)]
    vendor.put("shop/orders", 2, orders(2, channel=["web", "app", None]))
    vendor.put("taps/events", 2, events(2))
    vendor.close(2)
    assert run(home, lake).schema_changes == 0
    assert lake.scan("raw.taps__events").arrow().num_rows == 15


def test_a_new_field_of_another_type_than_before_is_cast_or_refused(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.put("shop/orders", 0, [{**LINE, "extra": 1}], ".jsonl")
    vendor.put("shop/orders", 1, [{**LINE, "id": "b", "extra": "2"}, {**LINE, "id": "c", "extra": "x"}], ".jsonl")
    vendor.close(0)
    vendor.close(1)
    report = run(home, lake)
    assert (report.rows, report.quarantined) == (2, 1)
    assert loaded(lake, "id, extra") == [("a", 1), ("b", 2)]


def test_nested_new_fields_are_kept_as_json(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.put("shop/orders", 0, orders(0, address=[{"city": "Bonn"}, None, {"city": "Ulm"}]))
    vendor.close(0)
    run(home, lake)
    assert ('{"city":"Ulm"}',) in loaded(lake, "address")


def test_a_field_that_differs_in_case_alone_is_not_guessed_at(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.put("shop/orders", 0, orders(0, Amount=[1, 2, 3]))
    vendor.close(0)
    assert run(home, lake).quarantined == 3
    assert "mistaken" in quarantined(lake)[0]["record"]


def test_an_object_without_a_contract_goes_to_quarantine(home: Path, vendor: Vendor, lake: Lake) -> None:
    vendor.put("shop/refunds", 0, orders(0))
    vendor.close(0)
    report = run(home, lake)
    assert report.quarantined == 3
    assert reasons(lake) == [("unknown_object", None, 3)]
    snapshots = len(lake.snapshots("quarantine.records"))
    assert run(home, lake).quarantined == 0
    assert len(lake.snapshots("quarantine.records")) == snapshots


@pytest.mark.parametrize("step", ["data file half written", "metadata", "manifest", "quarantine", "keep refused file"])
def test_a_full_disk_is_told_and_the_next_run_completes(home: Path, vendor: Vendor, step: str) -> None:
    vendor.run(range(2))
    vendor.put("shop/orders", 2, b"broken", rows=1)
    vendor.close(2)

    def full(name: str) -> None:
        if name == step:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull):
        ingest_days(home, Lake(home, hook=full), contracts=CONTRACTS)
    lake = Lake(home)
    run(home, lake)
    assert len(loaded(lake)) == 6 and len(quarantined(lake)) == 1
    assert loaded(lake, "count(*)", "raw.taps__events") == [(10,)]


def test_a_contract_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.json").write_text('{"system": "shop"}')
    with pytest.raises(FileBroken, match=r"shop\.json"):
        load_contracts(tmp_path)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["12", "1.5", "2025-01-30", "2025-01-30T10:00:00+02:00", "true", "{}"]),
    st.lists(st.integers(0, 3), max_size=2),
)


@given(st.lists(VALUES, max_size=20), st.sampled_from(list(Type)))
@settings(max_examples=300)
def test_every_value_fits_or_is_pointed_at(values: list, kind: Type) -> None:
    fitted, bad = fit_list(values, kind)
    assert len(fitted) == len(values)
    for place, value in enumerate(values):
        assert fitted[place].is_valid == (value is not None and place not in bad)


@given(
    st.lists(st.none() | st.sampled_from(["1", "2.5", "x", "2025-01-30", "-9", "true"]), max_size=12),
    st.sampled_from(list(Type)),
)
def test_a_column_fits_as_its_values_do(values: list, kind: Type) -> None:
    column, mask = fit_array(pa.chunked_array([pa.array(values, pa.string())]), kind)
    expected, bad = fit_list(values, kind)
    assert column.to_pylist() == expected.to_pylist()
    assert (mask.to_pylist() if mask else [False] * len(values)) == [i in bad for i in range(len(values))]


RECORDS = st.lists(
    st.dictionaries(st.sampled_from(["id", "amount", "updated", "note", "rate", "new"]), VALUES, max_size=6),
    max_size=12,
)


@given(RECORDS)
def test_no_record_is_lost_or_doubled(records: list[dict]) -> None:
    judged = judge_records(ORDERS, Records(records, []), {})
    assert judged.rows_in == len(records)
    refused = [orjson.loads(r.record) for r in judged.refusals]
    assert len(refused) + judged.rows.num_rows == len(records)
    for field in ("id", "amount", "updated"):
        assert judged.rows[field].null_count == 0


@given(st.lists(st.tuples(st.text(max_size=3), st.sampled_from(["1", "x", None])), min_size=1, max_size=12))
def test_no_row_of_a_table_is_lost_or_doubled(rows: list[tuple]) -> None:
    count = len(rows)
    table = orders(0, count=count).set_column(1, "amount", pa.array([r[1] for r in rows], pa.string()))
    judged = judge_table(ORDERS, table, {})
    assert judged.rows.num_rows == sum(r[1] == "1" for r in rows)
    assert judged.rows_in == count
