"""Whose company a command works on, and up to which day: what was asked, against what is pinned."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tapflow.business.scenario.load import PROFILES, load_scenario, read_overrides
from tapflow.business.scenario.model import Scenario
from tapflow.core.clock import real_today
from tapflow.core.errors import DateOutOfRange, UnknownName
from tapflow.pipeline.diagnosis import NEEDED_DISK
from tapflow.pipeline.home import Home, Pin

DEFAULT_PROFILE = "demo"
DEFAULT_SEED = 1
EARLIEST_FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Asked:
    """What a person gave on the command line; None where nothing was given."""

    profile: str | None = None
    seed: int | None = None
    scenario: Path | None = None
    until: date | None = None


@dataclass(frozen=True)
class Opened:
    """A home with its company settled, and the last day to reach."""

    home: Home
    pin: Pin
    scenario: Scenario
    until: date

    def missing_days(self, until: date) -> int:
        """How many days are still to be simulated up to `until`."""
        return max(0, (until - self.next_day()).days + 1)

    def next_day(self) -> date:
        """The first day that is not simulated yet."""
        done = self.home.last_day()
        return done + timedelta(days=1) if done else self.pin.first_date


def open_company(home: Home, asked: Asked) -> Opened:
    """Settle the company of a home: pin what was asked on the first run, or agree with what is pinned.

    Raises UnknownName for a profile, ScenarioInvalid, DateOutOfRange for an end before the first
    day, AskedWrongly when another company lives here, DiskFull when the history would not fit.
    """
    if asked.profile is not None and asked.profile not in PROFILES:
        raise UnknownName("profile", asked.profile, PROFILES)
    pinned = home.pin()
    profile = asked.profile or (pinned.profile if pinned else DEFAULT_PROFILE)
    overrides = _overrides(asked, pinned)
    scenario = load_scenario(profile, overrides)
    until = _until(home, asked, pinned)
    pin = Pin(
        profile=profile,
        seed=asked.seed if asked.seed is not None else pinned.seed if pinned else DEFAULT_SEED,
        scenario_digest=digest_of(scenario),
        first_day=pinned.first_day if pinned else (until - timedelta(days=scenario.size.days - 1)).isoformat(),
        overrides=overrides,
    )
    if pinned is None:
        home.require_room(NEEDED_DISK[profile])
        _require_calendar(pin)
    settled = home.settle(pin)
    if until < settled.first_date:
        raise DateOutOfRange(
            f"{until} lies before the first simulated day, {settled.first_date}.", "Give a later --until."
        )
    return Opened(home, settled, scenario, until)


def opened(home: Home) -> Opened:
    """A home that has begun, as it stands. Raises AskedWrongly before the first run."""
    home.require_pin()
    return open_company(home, Asked(until=home.last_day()))


def _require_calendar(pin: Pin) -> None:
    # Instants of the starting population's past are seconds since 1970 too.
    if pin.first_date < EARLIEST_FIRST_DAY:
        raise DateOutOfRange(
            f"The first simulated day would be {pin.first_date}; the earliest possible is {EARLIEST_FIRST_DAY}.",
            "Give a later --until, or fewer days (size.days of the scenario).",
        )


def digest_of(scenario: Scenario) -> str:
    """A digest of every value of a scenario."""
    return hashlib.sha256(scenario.model_dump_json().encode()).hexdigest()[:16]


def _overrides(asked: Asked, pinned: Pin | None) -> dict[str, Any]:
    if asked.scenario is not None:
        return read_overrides(asked.scenario)
    return pinned.overrides if pinned else {}


def _until(home: Home, asked: Asked, pinned: Pin | None) -> date:
    if asked.until is not None:
        return asked.until
    yesterday = real_today() - timedelta(days=1)
    newest = home.last_day() if pinned else None
    return max(yesterday, newest) if newest else yesterday
