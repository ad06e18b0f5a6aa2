"""The devices' invariants: events follow the state, and the ledger accounts for each of them."""

from __future__ import annotations

import pickle
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.devices import events as ev
from tapflow.business.devices.demand import calendar_factor, falls_on, region_day
from tapflow.business.devices.state import SLOTS, Fleet
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.core.clock import SECONDS_PER_DAY, day_number

FIRST = day_number(date(2026, 2, 25))  # the clocks change within the span, in America and in Europe
DAYS = 36
INCIDENT = {"kind": "bad_firmware", "first_day": 12, "last_day": 30, "target": "TF-200", "effect": 60.0}


@pytest.fixture(scope="module")
def life() -> tuple[Company, list[Day]]:
    company = Company(load_scenario("tiny", {"incidents": {"scheduled": [INCIDENT]}}), seed=7, first_day=FIRST)
    return company, [step(company) for _ in range(DAYS)]


@pytest.fixture(scope="module")
def messages(life: tuple[Company, list[Day]]) -> np.ndarray:
    return np.concatenate([day.fact("device_events")["event"] for day in life[1]])


def told(days: list[Day], table: str) -> dict[str, np.ndarray]:
    parts = [rows for day in days if (rows := day.ledger().get(table))]
    return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


def keys(events: np.ndarray) -> np.ndarray:
    return np.stack([events[name].astype(np.int64) for name in ("device", "boot", "sequence")], axis=1)


def test_a_key_is_sent_once_but_for_copies(messages: np.ndarray) -> None:
    first = keys(messages[messages["again"] != ev.AGAIN])
    assert len(np.unique(first, axis=0)) == len(first)
    copies = messages[messages["again"] == ev.AGAIN]
    assert len(copies) > 0
    known = {tuple(k) for k in first.tolist()}
    assert all(tuple(k) in known for k in keys(copies).tolist())


def test_files_hold_what_was_received_on_their_day_in_order_of_keys(life: tuple[Company, list[Day]]) -> None:
    for day in life[1]:
        events = day.fact("device_events")["event"]
        assert (events["received"] // SECONDS_PER_DAY == day.number).all()
        order = np.lexsort((events["again"], events["sequence"], events["boot"], events["device"]))
        assert np.array_equal(keys(events), keys(events)[order])


def test_every_event_is_received_or_waits_or_was_lost(life: tuple[Company, list[Day]], messages: np.ndarray) -> None:
    company, days = life
    made = told(days, "device_day")
    mess = told(days, "telemetry_mess")
    waiting = mess["events"][mess["effect"] == "buffered"].sum() - mess["events"][mess["effect"] == "arrived"].sum()
    assert made["events"].sum() == (messages["again"] != ev.AGAIN).sum() + waiting
    assert waiting >= len(company.part(Fleet).pending)
    assert made["events_received"].sum() == (messages["again"] != ev.AGAIN).sum()


def test_volumes_of_messages_and_mess_are_the_ledgers(life: tuple[Company, list[Day]], messages: np.ndarray) -> None:
    _, days = life
    made, mess = told(days, "device_day"), told(days, "telemetry_mess")
    sign = np.select([np.isin(mess["effect"], ["arrived", "moved_in"])], [1], -1)
    first = messages[messages["again"] != ev.AGAIN]
    counted = np.minimum(first["at"], first["received"]) // SECONDS_PER_DAY
    serves = (first["type"] == ev.POUR) & (first["flow"] == ev.SERVE)
    for day in range(FIRST, FIRST + DAYS):
        published = first["volume_ml"][serves & (counted == day)].sum()
        explained = (sign * mess["serve_ml"])[mess["day"] == day].sum()
        assert published == made["serve_ml"][made["day"] == day].sum() + explained


def test_up_time_follows_from_connects_disconnects_and_faults(
    life: tuple[Company, list[Day]], messages: np.ndarray
) -> None:
    _, days = life
    end = (FIRST + DAYS) * SECONDS_PER_DAY
    state = messages[np.isin(messages["type"], [ev.CONNECT, ev.DISCONNECT, ev.FAULT])]
    state = state[np.lexsort((state["sequence"], state["boot"], state["device"]))]
    same = np.append(state["device"][1:] == state["device"][:-1], False)
    ends = np.where(same, np.append(state["received"][1:], end), end)
    up = (ends - state["received"])[state["type"] == ev.CONNECT].sum()
    assert up == told(days, "device_day")["up_seconds"].sum()


def test_no_tap_gives_more_than_its_keg_holds(life: tuple[Company, list[Day]]) -> None:
    fleet = life[0].part(Fleet)
    assert (fleet.taps.left_ml >= 0).all() and (fleet.taps.left_ml <= fleet.taps.size_ml).all()
    assert len(fleet.taps) == SLOTS * len(fleet.devices)
    assert ((fleet.taps.empty_at < 0) | (fleet.taps.left_ml == 0)).all()


def test_devices_stand_where_somebody_pays(life: tuple[Company, list[Day]]) -> None:
    company, _ = life
    fleet = company.part(Fleet)
    assert not company.accounts.is_test[fleet.devices.account].any()
    rows = fleet.active
    assert (fleet.devices.removed_at[rows] < 0).all() and (fleet.devices.tap_count[rows] >= 1).all()


def test_a_bad_firmware_breaks_its_model_alone(life: tuple[Company, list[Day]]) -> None:
    company, days = life
    fleet, names = company.part(Fleet), [m.name for m in company.scenario.devices.models]
    faults = told(days[16:31], "device_fault")
    struck = np.array(names)[fleet.devices.model[faults["device"]]] == "TF-200"
    share = (np.array(names)[fleet.devices.model[fleet.active]] == "TF-200").mean()
    assert struck.mean() > min(0.9, 1.6 * share)
    before = told(days[:12], "device_fault")
    assert len(faults["device"]) > 3 * len(before["device"])


def test_faults_are_repaired_or_still_open(life: tuple[Company, list[Day]]) -> None:
    company, days = life
    fleet = company.part(Fleet)
    faults, repairs = told(days, "device_fault"), told(days, "device_repair")
    ended = set(zip(repairs["device"].tolist(), (repairs["fault_at"] // 1_000_000).tolist(), strict=True))
    for device, at in zip(faults["device"].tolist(), (faults["at"] // 1_000_000).tolist(), strict=True):
        open_still = fleet.devices.fault[device] >= 0 and fleet.devices.fault_at[device] == at
        assert (device, at) in ended or open_still or fleet.devices.removed_at[device] >= 0


def test_run_at_once_or_day_by_day_is_the_same(life: tuple[Company, list[Day]]) -> None:
    scenario = load_scenario("tiny", {"incidents": {"scheduled": [INCIDENT]}})
    company = Company(scenario, seed=7, first_day=FIRST)
    for day in life[1][:6]:
        again = step(company).fact("device_events")["event"]
        once = day.fact("device_events")["event"]
        assert all(np.array_equal(again[name], once[name]) for name in once.dtype.names)
        kept = pickle.dumps({k: v for k, v in vars(company).items() if k != "scenario"})
        company = Company(scenario, seed=7, first_day=FIRST)
        vars(company).update(pickle.loads(kept))


def test_the_day_of_the_year_is_found_in_every_year() -> None:
    rules = {r.name: r for r in load_scenario("tiny").devices.demand.calendar}
    assert falls_on(rules["First NFL Sunday"], date(2025, 9, 7))
    assert falls_on(rules["First NFL Sunday"], date(2026, 9, 13))
    assert falls_on(rules["Memorial Day"], date(2026, 5, 25))
    assert falls_on(rules["Thanksgiving Day"], date(2026, 11, 26))
    assert not falls_on(rules["Memorial Day"], date(2026, 5, 18))


@given(st.integers(day_number(date(2024, 1, 1)), day_number(date(2030, 12, 31))))
def test_demand_is_whole_and_follows_the_local_clock(day: int) -> None:
    company = Company(load_scenario("tiny"), seed=1, first_day=day)
    demand = region_day(company, day)
    regions = company.scenario.customers.regions
    assert (demand.hours >= 0).all() and (demand.hours.sum(axis=1) > 0).all()
    offsets = dict(zip([r.zone for r in regions], demand.utc_offset.tolist(), strict=True))
    assert offsets["America/New_York"] in (-5 * 3600, -4 * 3600)
    assert offsets["Europe/London"] in (0, 3600)


def test_events_of_the_calendar_touch_their_countries_alone() -> None:
    demand = load_scenario("tiny").devices.demand
    assert calendar_factor(demand, "US", date(2026, 3, 17)) > 1.1
    assert calendar_factor(demand, "FR", date(2026, 3, 17)) == 1.0
