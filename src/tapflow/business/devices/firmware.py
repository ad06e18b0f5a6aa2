"""Firmware: releases at a steady beat, waves over the fleet, and the release that breaks a model.

A release is a number `10 * k + patch`: `k` counts the beat, patch 0 is the release itself, 1 one
that breaks a model (incident `bad_firmware`), 2 the one that mends it. Version text: major.k.patch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.devices.state import Fleet
from tapflow.core.clock import DayNumber

Ints = NDArray[np.int64]
_BEFORE = 8  # releases that precede the first day
_URGENT_DAYS = 2  # an urgent release reaches the whole model within this many days


@dataclass(frozen=True)
class Bad:
    """A release that multiplies the hazard of a model."""

    release: int
    model: int
    effect: float
    begin: int  # days from the first simulated day
    end: int


def newest_beat(company: Company, day: DayNumber) -> int:
    """The beat's newest release on a day."""
    return _BEFORE + (day - company.first_day) // company.scenario.devices.firmware.release_every_days


def version(company: Company, release: int) -> str:
    """A release's text."""
    return f"{company.scenario.devices.firmware.first_major}.{release // 10}.{release % 10}"


def bad_releases(company: Company) -> list[Bad]:
    """The scheduled releases that break a model."""
    names = [m.name for m in company.scenario.devices.models]
    found = []
    for incident in company.scenario.incidents.scheduled:
        if incident.kind == "bad_firmware" and incident.target in names:
            beat = newest_beat(company, company.first_day + incident.first_day)
            found.append(
                Bad(10 * beat + 1, names.index(incident.target), incident.effect, incident.first_day, incident.last_day)
            )
    return found


def offered(company: Company, day: DayNumber, devices: Ints) -> Ints:
    """The newest release that is offered to each device on a day."""
    rules, fleet = company.scenario.devices.firmware, company.part(Fleet)
    beat, index = newest_beat(company, day), day - company.first_day
    age = index % rules.release_every_days
    share = float(np.interp(age, rules.wave_days, rules.wave_shares))
    rank = company.lasting().uniform("devices/wave", devices * 4096 + beat)
    target = 10 * np.where(rank < share, beat, beat - 1).astype(np.int64)
    model = fleet.devices.model[devices]
    for bad in bad_releases(company):
        for release, since in ((bad.release, bad.begin), (bad.release + 1, bad.end + 1)):
            reached = rank < (index - since + 1) / _URGENT_DAYS
            if index >= since:
                target = np.where((model == bad.model) & reached, np.maximum(target, release), target)
    return target


def hazard_factor(company: Company, devices: Ints) -> NDArray[np.float64]:
    """What a device's firmware does to its hazard."""
    fleet = company.part(Fleet)
    release, model = fleet.devices.firmware[devices].astype(np.int64), fleet.devices.model[devices]
    sigma = company.scenario.devices.firmware.hazard_sigma
    factor = np.exp(sigma * company.lasting().normal("devices/release", release // 10))
    for bad in bad_releases(company):
        factor = np.where((release == bad.release) & (model == bad.model), factor * bad.effect, factor)
    return np.asarray(factor)
