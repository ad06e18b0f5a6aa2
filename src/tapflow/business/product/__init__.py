"""Product: people use what we build, take up features, meet errors, answer surveys."""

from __future__ import annotations

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.product import activity, experiments, ledger, people, process


def found(company: Company, day: Day) -> None:
    """The starting population's habits; needs engineering's part to be founded too before the first step."""
    people.found_features(company, day)
    people.found_people(company, day)
    experiments.tell_design(company, day)


def step(company: Company, day: Day) -> None:
    """A day of product use."""
    people.join(company, day)
    activity.drift_interest(company, day)
    experiments.forget_late(company, day)
    today = process.use(company, day)
    process.emit(company, day, today)
    process.follow(company, day, today)
    adopters = process.signal(company, day)
    ledger.tell(company, day, today, adopters)


__all__ = ["found", "step"]
