"""The whole company's state between two days."""

from __future__ import annotations

from typing import Any, TypeVar

from tapflow.business.chance import Chance
from tapflow.business.customers import state as spine
from tapflow.business.scenario.model import Scenario
from tapflow.core.clock import DayNumber

P = TypeVar("P")


class Company:
    """State of the company at the end of a day.

    `parts` are the memories of the domains; ask for one by its class: `company.part(Billing)`.
    Everything in it can be pickled; nothing in it refers to files or clocks.
    """

    def __init__(self, scenario: Scenario, seed: int, first_day: DayNumber) -> None:
        self.scenario = scenario
        self.seed = seed
        self.first_day = first_day  # the first simulated day
        self.last_day = first_day - 1  # the newest day that is over
        self.accounts = spine.new_accounts()
        self.locations = spine.new_locations()
        self.users = spine.new_users()
        self.subscriptions = spine.new_subscriptions()
        self.items = spine.new_items()
        self.parts: dict[str, Any] = {}

    def part(self, kind: type[P]) -> P:
        """A domain's memory, made empty at its first use."""
        found = self.parts.get(kind.__qualname__)
        if found is None:
            found = self.parts[kind.__qualname__] = kind()
        return found  # type: ignore[no-any-return]

    def lasting(self) -> Chance:
        """Draws that do not depend on the day: an entity's lasting traits."""
        return Chance(self.seed, 0)

    def chance(self, day: DayNumber) -> Chance:
        """The draws of a day."""
        return Chance(self.seed, day)
