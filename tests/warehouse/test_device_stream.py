"""Tables of the device stream are the same however they came about: at once, by slices with a day that comes
late, or with raw days let go and a full refresh of what is retained."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from tests.homes import LIMITS, simulated_home

from tapflow.ingest import expire_raw, ingest_days
from tapflow.lake import Lake
from tapflow.warehouse import publish
from tapflow.warehouse.archive import archives
from tapflow.warehouse.builder import Warehouse
from tapflow.warehouse.raw import Clock

pytestmark = pytest.mark.slow

FIRST = date(2026, 2, 25)
DAYS, HELD, RETAINED = 24, 9, 8
OF_EVERY_DAY = ("fact.fact_device_days", "fact.fact_beverage_days", "entity.entity_locations_daily")
HOURLY = "entity.entity_devices_hourly"
MODELS = ["+fact_device_days", "+entity_locations_daily", "+fact_beverage_days", "+entity_devices_hourly"]
HELD_DAY = {"kind": "missing_day", "first_day": HELD, "last_day": HELD, "target": "telemetry", "effect": 3}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("stream") / "sources"
    simulated_home(root, FIRST + timedelta(days=DAYS - 1), DAYS, {"incidents": {"scheduled": [HELD_DAY]}})
    return root


def copied(sources: Path, name: str) -> Path:
    """A place of its own for a lake and a warehouse, with the same logs."""
    shutil.copytree(sources / "sources", sources.parent / name / "sources")
    return sources.parent / name


def load(made: Path, lake: Lake, last: int) -> Clock:
    """Load the days up to `last`, the held one when it had come; answers the clock then."""
    there = {FIRST + timedelta(days=i) for i in range(last + 1) if i != HELD or last >= HELD + 3}
    ingest_days(made, lake, ["app", "telemetry"], there)
    return Clock(FIRST, FIRST + timedelta(days=last))


def digests(made: Path, tables: Sequence[str], since: date | None = None) -> dict[str, tuple[int, int]]:
    found = {}
    with duckdb.connect(str(made / "warehouse" / "work.duckdb"), read_only=True) as connection:
        gone = archives(connection)
        for table in tables:
            rows = f"from {table}"
            if table in gone:
                rows += f" union all by name select * from archived.{table.split('.')[1]}"
                rows += f" where {gone[table].by_column} < date '{gone[table].ends}'"
            condition = f"where hour >= timestamp '{since}'" if since else ""
            asked = f"select count(*), sum(cast(hash(t) as hugeint)) from (select * {rows}) as t {condition}"
            rows, digest = connection.execute(asked).fetchone() or (0, 0)
            found[table] = (int(rows), int(digest))
    return found


@pytest.fixture(scope="module")
def at_once(sources: Path) -> Path:
    made = copied(sources, "at once")
    with Lake(made) as lake:
        Warehouse(made, LIMITS).build(lake, load(made, lake, DAYS - 1), select=MODELS)
    return made


def test_slices_and_a_late_day_come_to_the_same(sources: Path, at_once: Path) -> None:
    made = copied(sources, "by slices")
    warehouse = Warehouse(made, LIMITS)
    with Lake(made) as lake:
        for last in (4, HELD, HELD + 1, HELD + 3, DAYS - 1):
            warehouse.build_streams(lake, load(made, lake, last))
    tables = [*OF_EVERY_DAY, HOURLY]
    assert digests(made, tables) == digests(at_once, tables)


def test_old_days_in_the_lake_alone_come_to_the_same(
    sources: Path, at_once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Few enough that the late day belongs to what has left the working file by then.
    monkeypatch.setattr(publish, "WORKING_DAYS", 1)
    made = copied(sources, "old days in the lake")
    warehouse, held = Warehouse(made, LIMITS), []
    with Lake(made) as lake:
        for last in (4, HELD, HELD + 1, HELD + 3, DAYS - 2, DAYS - 1):
            clock = load(made, lake, last)
            warehouse.build_streams(lake, clock)
            with duckdb.connect(str(warehouse.work), read_only=True) as connection:
                held.append(connection.execute(f"select count(distinct cast(hour as date)) from {HOURLY}").fetchone())
            warehouse.publish_old(lake, clock)
        warehouse.build_streams(lake, clock)
    tables = [*OF_EVERY_DAY, HOURLY]
    assert digests(made, tables) == digests(at_once, tables)
    assert held[-1] is not None and held[-1][0] < 6, held


def test_hours_that_would_go_are_not_made(sources: Path, at_once: Path) -> None:
    made = copied(sources, "newest hours")
    warehouse = Warehouse(made, LIMITS)
    wanted = FIRST + timedelta(days=DAYS - RETAINED)
    with Lake(made) as lake:
        for last in (HELD, DAYS - 4, DAYS - 1):
            warehouse.build_streams(lake, replace(load(made, lake, last), hours_from=wanted))
    assert digests(made, OF_EVERY_DAY) == digests(at_once, OF_EVERY_DAY)
    assert digests(made, [HOURLY]) == digests(at_once, [HOURLY], wanted)


def test_days_without_raw_events_are_sealed(sources: Path, at_once: Path) -> None:
    made = copied(sources, "retained")
    warehouse = Warehouse(made, LIMITS)
    with Lake(made) as lake:
        for last in (14, DAYS - 1):
            clock = load(made, lake, last)
            warehouse.build_streams(lake, clock)
            expire_raw(made, lake, clock.last_day, RETAINED)
        warehouse.build(lake, clock, select=MODELS)
        before = digests(made, [*OF_EVERY_DAY, HOURLY])
        warehouse.build(lake, clock, select=MODELS, full_refresh=True)
    assert digests(made, [*OF_EVERY_DAY, HOURLY]) == before
    assert digests(made, OF_EVERY_DAY) == digests(at_once, OF_EVERY_DAY)
    since = clock.last_day - timedelta(days=RETAINED - 1)
    assert digests(made, [HOURLY]) == digests(at_once, [HOURLY], since)
