"""The question in the app: would you recommend us?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.product.activity import SETTLED_FEATURES, features_taken_up
from tapflow.business.product.people import is_test
from tapflow.business.product.state import Product

Rows = NDArray[np.int64]


def scores(company: Company, day: Day, people: Rows) -> Rows:
    """The score that each active person gives today, -1 for those not asked or not answering."""
    nps, memory = company.scenario.product.nps, company.part(Product)
    rested = day.number - memory.people.surveyed_day[people] >= nps.quiet_days
    grown_in = day.number - company.users.created_day[people] >= nps.quiet_days // 3
    asked = rested & grown_in & (company.users.account[people] >= 0)
    asked &= day.chance.happens("product/nps_asked", people, nps.ask_chance)
    memory.people.surveyed_day[people[asked]] = day.number
    answers = asked & day.chance.happens("product/nps_answers", people, nps.answer_share)
    house = np.maximum(company.users.account[people], 0)
    latent = (
        nps.mean
        + nps.quality * (company.accounts.quality[house] - 0.5)
        + nps.breadth * (features_taken_up(memory.people.adopted[people]) - SETTLED_FEATURES)
        + nps.frustration * memory.people.frustration[people]
        + nps.offline * company.accounts.signal_offline_hours_28d[house] / 10
        + nps.sigma * day.chance.normal("product/nps_score", people)
    )
    return np.where(answers, np.clip(np.rint(latent), 0, 10), -1).astype(np.int64)


def answered(company: Company, day: Day, people: Rows, score: Rows, at: Rows, arrives: Rows) -> None:
    """Answers given: facts for whoever collects them, and the ledger."""
    account = company.users.account[people]
    day.emit("nps_answered", user=people, account=account, score=score, at=at)
    day.tell(
        "nps_response",
        user=people,
        account=account,
        score=score,
        at=at * 1_000_000,
        is_test=is_test(company, people),
        tracked=~company.part(Product).people.blocked[people],
        arrived_on=arrives,
    )
