"""Support's agents: as many as the customers need, and more as they grow."""

from __future__ import annotations

import math

import numpy as np

from tapflow.business.company import Company
from tapflow.business.customers.state import AccountStatus
from tapflow.business.day import Day
from tapflow.business.support.state import Support


def hire_agents(company: Company, day: Day) -> None:
    """Begin the day with an agent for every so many paying customers; nobody is let go."""
    agents, parameters = company.part(Support).agents, company.scenario.support
    paying = int(np.count_nonzero(company.accounts.status == AccountStatus.ACTIVE))
    wanted = max(parameters.agents_least, math.ceil(paying / parameters.accounts_per_agent))
    if wanted > len(agents):
        agents.append(wanted - len(agents), hired_at=day.start_seconds)
