"""Killed at any step and run again, ingestion loses and doubles nothing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_vendor import CONTRACTS, Vendor, day, events, orders

from tapflow.core.clock import day_number, load_instant
from tapflow.ingest import ingest_days, quarantined
from tapflow.ingest.ledger import Ledger, plan, read_ledger, short
from tapflow.ingest.markers import MarkedFile, Marker
from tapflow.lake import Lake


class Killed(BaseException):
    """Stands for SIGKILL: no handler of ours or of a library below cleans up after it."""


class KillAt:
    """A hook that kills at one step, and counts."""

    def __init__(self, step: int) -> None:
        self.step, self.count, self.name = step, 0, ""

    def __call__(self, name: str) -> None:
        self.count += 1
        if self.count == self.step:
            self.name = name
            raise Killed(name)


def before(vendor: Vendor) -> None:
    """Two ordinary days, with a file that cannot be read and a record that cannot be loaded."""
    vendor.run(range(2))
    vendor.put("shop/orders", 2, [{"id": "x", "amount": "much", "updated": "2025-02-01T00:00:00"}], ".jsonl")
    vendor.put("taps/events", 2, b"PAR1 half", rows=7)
    vendor.close(2)


def after(vendor: Vendor) -> None:
    """The bad day repaired, an old day redone, an object gone from a day, two new days, new refusals."""
    (vendor.sources / "shop/orders" / f"{day(2)}.jsonl").unlink()
    vendor.put("shop/orders", 2, orders(2))
    vendor.put("taps/events", 2, events(2))
    vendor.close(2)
    vendor.put("shop/orders", 0, orders(0, count=2, factor=9))
    del vendor.days[day(0)]["taps/events"]
    vendor.close(0)
    vendor.put("shop/orders", 3, orders(3, amount=[1, None, 3], extra=["a", "b", "c"]))
    vendor.put("taps/events", 3, b"not parquet either", rows=9)
    vendor.close(3)
    vendor.run(range(4, 5))


def outcome(lake: Lake) -> tuple:
    """All that must not depend on crashes."""

    def ask(table: str, query: str) -> list[tuple]:
        return duckdb.sql(f"select {query} from ({lake.scan(table).duckdb_sql})").fetchall()

    refused = [{k: v for k, v in r.items() if k != "kept_file"} for r in quarantined(lake)]
    assert all(Path(r["kept_file"]).exists() for r in quarantined(lake) if r["kept_file"])
    return (
        ask("raw.shop__orders", "count(*), sum(amount), count(distinct id), count(extra), max(_loaded_at)"),
        ask("raw.taps__events", "count(*), sum(device), count(distinct _source_file)"),
        refused,
    )


def ingest(home: Path, hook=lambda _: None) -> Lake:
    lake = Lake(home, hook=hook)
    ingest_days(home, lake, contracts=CONTRACTS, workers=1)
    return lake


EXPECTED = (
    # days 0 (redone: 2 rows, times 9), 1, 2, 3 without the refused row, 4
    [(13, 9 + 303 + 603 + 4 + 1203, 13, 2)],
    [(15, 30, 3)],
)


def undisturbed(home: Path) -> tuple:
    vendor = Vendor(home)
    before(vendor)
    ingest(home)
    after(vendor)
    return outcome(ingest(home))


def test_the_undisturbed_outcome_is_the_expected_one(home: Path) -> None:
    orders_rows, events_rows, refused = undisturbed(home)
    assert (orders_rows[0][:4], events_rows) == (EXPECTED[0][0], EXPECTED[1])
    assert [(r["object"], r["reason"], r["rows"]) for r in refused] == [
        ("orders", "null_in_required_field", 1),
        ("events", "unreadable_file", 9),
    ]


def steps_of(tmp_path: Path) -> int:
    vendor = Vendor(tmp_path / "counted")
    before(vendor)
    ingest(tmp_path / "counted")
    after(vendor)
    counting = KillAt(-1)
    ingest(tmp_path / "counted", counting)
    return counting.count


def check_killed_at(home: Path, step: int, wanted: tuple) -> None:
    vendor = Vendor(home)
    before(vendor)
    ingest(home)
    after(vendor)
    hook = KillAt(step)
    with pytest.raises(Killed):
        ingest(home, hook)
    lake = ingest(home)
    assert outcome(lake) == wanted, f"killed at step {step}, {hook.name}"
    for name in lake.names():
        lake.remove_orphans(name, older_than_seconds=0)
    assert outcome(lake) == wanted, f"killed at step {step}, {hook.name}, orphans removed"
    assert not ingest_days(home, lake, contracts=CONTRACTS).rows


def test_killed_at_some_steps_and_run_again(tmp_path: Path) -> None:
    wanted = undisturbed(tmp_path / "undisturbed")
    total = steps_of(tmp_path)
    assert total > 40
    for step in range(2, total + 1, 13):
        check_killed_at(tmp_path / str(step), step, wanted)


@pytest.mark.slow
def test_killed_at_every_step_and_run_again(tmp_path: Path) -> None:
    wanted = undisturbed(tmp_path / "undisturbed")
    for step in range(1, steps_of(tmp_path) + 1):
        check_killed_at(tmp_path / str(step), step, wanted)


def test_killed_at_every_step_of_the_very_first_load(tmp_path: Path) -> None:
    """No table, no namespace, no catalogue: the first load is repeated from anywhere."""
    step = 0
    while True:
        step += 3
        home = tmp_path / str(step)
        vendor, hook = Vendor(home), KillAt(step)
        vendor.run(range(2))
        try:
            ingest(home, hook)
        except Killed:
            lake = ingest(home)
            assert lake.scan("raw.shop__orders").arrow().num_rows == 6, hook.name
            assert lake.scan("raw.taps__events").arrow().num_rows == 10, hook.name
            continue
        break
    assert step > 15


SCRIPT = """
import sys; sys.path.insert(0, {tests!r})
from pathlib import Path
from sample_vendor import CONTRACTS
from tapflow.ingest import ingest_days
from tapflow.lake import Lake
lake = Lake(Path({home!r}))
print("ready", flush=True)
ingest_days(Path({home!r}), lake, contracts=CONTRACTS)
print("done", flush=True)
"""


def kill_for_real(home: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    vendor = Vendor(home)
    vendor.run(range(70))
    script = SCRIPT.format(tests=str(Path(__file__).parent), home=str(home))
    for _ in range(kills):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        assert process.stdout and process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    lake = ingest(home)
    rows = lake.scan("raw.shop__orders").arrow()
    assert rows.num_rows == len(set(rows["id"].to_pylist())) == 210
    assert sum(rows["amount"].to_pylist()) == sum(300 * n + 3 for n in range(70))
    assert lake.scan("raw.taps__events").arrow().num_rows == 350


def test_a_killed_process_is_followed_by_one_that_completes(home: Path) -> None:
    kill_for_real(home, kills=2, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_many_killed_processes_are_followed_by_one_that_completes(home: Path, seed: int) -> None:
    kill_for_real(home, kills=4, seed=seed)


SHA = st.sampled_from([c * 64 for c in "123456"])
DAYS = st.integers(0, 400).map(day)
FILES = st.builds(MarkedFile, rows=st.just(1), sha256=SHA, held=st.booleans())


@given(st.dictionaries(DAYS, SHA.map(short)), st.dictionaries(DAYS, SHA.map(short)), st.none() | DAYS)
def test_a_ledger_survives_its_properties(loaded: dict, refused: dict, expired) -> None:
    ledger = Ledger(loaded, refused, expired)
    assert read_ledger(ledger.properties()) == ledger


@given(st.dictionaries(DAYS, FILES), st.dictionaries(DAYS, SHA.map(short)))
@settings(max_examples=200)
def test_a_plan_carried_out_leaves_nothing_to_plan(files: dict, loaded: dict) -> None:
    markers = {d: Marker(d, load_instant(day_number(d)), {"shop/orders": f}) for d, f in sorted(files.items())}
    made = plan("shop/orders", markers, Ledger(loaded))
    after = {d: v for d, v in loaded.items() if d not in made.withdrawn}
    after |= {p.day: short(p.marked.sha256 or "") for p in made.pending}
    again = plan("shop/orders", markers, Ledger(after))
    assert not again
    assert again.held == made.held
    assert {d for d in after if d in markers} >= {d for d, f in files.items() if not f.held}
    assert {d: v for d, v in after.items() if d not in markers} == {d: v for d, v in loaded.items() if d not in markers}


def test_a_loaded_day_costs_eight_characters() -> None:
    def size(days: int) -> int:
        return sum(map(len, Ledger({day(n): b"123456" for n in range(days)}).properties().values()))

    assert size(541) - size(540) == 8
