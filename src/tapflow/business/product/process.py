"""Product: people use what we build, take up features, meet errors, answer surveys."""

from __future__ import annotations

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.product import activity, experiments, ledger, people, use


def found(company: Company, day: Day) -> None:
    """The starting population's habits; needs engineering's part to be founded too before the first step."""
    people.found_features(company, day)
    people.found_people(company, day)
    experiments.tell_design(company, day)


def step(company: Company, day: Day) -> None:
    """A day of product use."""
    people.join(company, day)
    activity.drift_interest(company, day)
    use.notice_upgrades(company, day)
    experiments.forget_late(company, day)
    today = use.use(company, day)
    use.emit(company, day, today)
    use.follow(company, day, today)
    adopters = use.signal(company, day)
    ledger.tell(company, day, today, adopters)


__all__ = ["found", "step"]
