"""A day of the company: its processes in their order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np

from tapflow.business import identity
from tapflow.business.billing import process as billing
from tapflow.business.company import Company
from tapflow.business.customers import lifecycle
from tapflow.business.day import Day
from tapflow.business.devices import process as devices
from tapflow.business.engineering import process as engineering
from tapflow.business.finance import process as finance
from tapflow.business.marketing import process as marketing
from tapflow.business.product import process as product
from tapflow.business.sales import process as sales
from tapflow.business.success import process as success
from tapflow.business.support import process as support
from tapflow.core.clock import DayNumber


class Process(NamedTuple):
    """A domain's two doors: its share of the starting population, and its day."""

    found: Callable[[Company, Day], None]
    step: Callable[[Company, Day], None]

    @property
    def domain(self) -> str:
        """The room of the business that it belongs to."""
        return self.step.__module__.removeprefix(f"{__package__}.").split(".")[0]


# Signals flow back to customers on the next day; everything else flows down this list.
PROCESSES: tuple[Process, ...] = (
    Process(marketing.found, marketing.step),
    Process(sales.found, sales.step),  # before customers, who open the accounts of deals won on the day
    Process(lifecycle.found, lifecycle.step),
    Process(devices.found, devices.step),
    Process(billing.found, billing.step),
    Process(product.found, product.step),
    Process(support.found, support.step),
    Process(success.found, success.step),
    Process(engineering.found, engineering.step),
    Process(finance.found, finance.step),  # last: it books what all the others did
    Process(identity.found, identity.step),
)
# Founding needs customers before all that follows from them.
_FOUNDING = (PROCESSES[2], PROCESSES[0], PROCESSES[1], *PROCESSES[3:])


def step(company: Company, without: Collection[str] = ()) -> Day:
    """Bring the company one day on and answer what the day brought forth.

    `without` names domains that rest, such as `devices`: what they would have done does not happen.
    """
    number: DayNumber = company.last_day + 1
    day = Day(number, company.chance(number))
    if number == company.first_day:
        for process in _FOUNDING:
            if process.domain not in without:
                process.found(company, day)
    for process in PROCESSES:
        if process.domain not in without:
            process.step(company, day)
    _tell_incidents(company, day)
    company.last_day = number
    return day


def _tell_incidents(company: Company, day: Day) -> None:
    index = day.number - company.first_day
    for incident in company.scenario.incidents.scheduled:
        if incident.first_day == index:
            day.tell(
                "incident",
                kind=np.array([incident.kind], dtype=object),
                target=np.array([incident.target], dtype=object),
                begin_day=day.number,
                end_day=day.number + incident.last_day - incident.first_day,
                effect=incident.effect,
            )
