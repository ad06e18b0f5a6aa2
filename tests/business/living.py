"""Days of a company in which only some of its domains act: quick, and enough for a domain's own invariants."""

from __future__ import annotations

from tapflow.business import step as stepping
from tapflow.business.company import Company
from tapflow.business.day import Day

_MONEY = ("customers", "billing", "finance", "marketing")


def step_money(company: Company) -> Day:
    """A day of customers, billing and finance alone."""
    return step_only(company, _MONEY)


def step_only(company: Company, domains: tuple[str, ...]) -> Day:
    """A day of some domains alone, `customers` among them."""
    number = company.last_day + 1
    day = Day(number, company.chance(number))
    chosen = [p for p in stepping.PROCESSES if any(f".{name}." in p.step.__module__ for name in domains)]
    if number == company.first_day:
        for process in sorted(chosen, key=lambda p: ".customers." not in p.step.__module__):
            process.found(company, day)
    for process in chosen:
        process.step(company, day)
    company.last_day = number
    return day
