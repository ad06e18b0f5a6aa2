"""New business of a day."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day

_PER_ACCOUNT_DAY = 0.0075


def found(company: Company, day: Day) -> None:
    """Nothing is there before the first day."""


def step(company: Company, day: Day) -> None:
    """Emit `signup_intent` and `lead_created`."""
    count = int(day.chance.poisson("marketing/signups", 0, company.scenario.size.accounts * _PER_ACCOUNT_DAY)[0])
    prospects = day.number * 1_000_000 + np.arange(count)
    _emit(company, day, "signup_intent", prospects)
    leads = int(day.chance.poisson("marketing/leads", 0, company.scenario.size.accounts * _PER_ACCOUNT_DAY / 5)[0])
    _emit(company, day, "lead_created", day.number * 1_000_000 + 500_000 + np.arange(leads), kind=0)


def _emit(company: Company, day: Day, fact: str, prospects: np.ndarray, **more: int) -> None:
    chance, parameters = day.chance, company.scenario.customers
    tail = parameters.locations_tail
    wanted = np.minimum((1 - chance.uniform("marketing/wanted", prospects)) ** (-1 / tail), parameters.locations_most)
    day.emit(
        fact,
        prospect=prospects,
        channel=chance.integers("marketing/channel", prospects, 0, 7),
        at=day.start_seconds + (chance.uniform("marketing/at", prospects) * 80_000).astype(np.int64),
        region=chance.choice("marketing/region", prospects, [r.weight for r in parameters.regions]),
        industry=chance.choice("marketing/industry", prospects, [i.weight for i in parameters.industries]),
        locations_wanted=wanted.astype(np.int64),
        **more,
    )
