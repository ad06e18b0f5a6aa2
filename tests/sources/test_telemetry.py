"""The device stream's files: what is absent is null, and a unit that changes loses nothing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.sources.logs import table_of
from tapflow.sources.telemetry import OBJECTS, records
from tapflow.sources.telemetry.objects import MILLILITRES_PER_OUNCE

OUNCES = {"kind": "unit_change", "first_day": 1, "last_day": 1, "target": "TF-200", "effect": 1.0}


@pytest.fixture(scope="module")
def days() -> list[tuple[Day, pa.Table]]:
    company = Company(load_scenario("tiny", {"incidents": {"scheduled": [OUNCES]}}), seed=3, first_day=20_500)
    made = []
    for _ in range(2):
        day = step(company)
        made.append((day, table_of(OBJECTS[0], records(company, day)["events"])))
    return made


def test_each_kind_of_event_has_its_own_fields(days: list[tuple[Day, pa.Table]]) -> None:
    table = days[0][1]
    pours = table.filter(pc.equal(table["event"], "pour"))
    assert pours.num_rows > 1_000
    assert all(pours[name].null_count == 0 for name in ("tap", "flow", "volume", "unit", "beverage"))
    assert all(pours[name].null_count == pours.num_rows for name in ("temperature", "keg", "code", "firmware"))
    readings = table.filter(pc.equal(table["event"], "temperature"))
    assert readings["temperature"].null_count == 0 and readings["volume"].null_count == readings.num_rows
    kegs = table.filter(pc.equal(table["event"], "keg_change"))
    assert all(kegs[name].null_count == 0 for name in ("keg", "volume", "empty_seconds", "beverage", "tap"))


def test_ounces_give_back_every_millilitre(days: list[tuple[Day, pa.Table]]) -> None:
    day, table = days[1]
    true = day.fact("device_events")["event"]["volume_ml"].astype(np.int64)
    sent = table["volume"].to_numpy(zero_copy_only=False)
    ounces = pc.fill_null(pc.equal(table["unit"].cast(pa.string()), "moz"), False).to_numpy(zero_copy_only=False)
    assert 0 < ounces.sum() < len(true)
    read = np.where(ounces, np.rint(np.nan_to_num(sent) * MILLILITRES_PER_OUNCE / 1000), sent)
    there = true >= 0
    assert np.array_equal(read[there], true[there])
    assert np.isnan(sent[~there]).all()


def test_the_unit_stays_what_it_was_on_other_days(days: list[tuple[Day, pa.Table]]) -> None:
    assert pc.unique(days[0][1]["unit"].drop_null()).to_pylist() == ["ml"]
