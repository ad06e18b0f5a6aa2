"""Support's memory: tickets that are not closed, and reports on their way."""

from __future__ import annotations

from enum import IntEnum

from tapflow.business.columns import Table

LATER = -1  # an instant that does not come


class Category(IntEnum):
    """What a ticket is about; rows of scenario.support.categories."""

    HOW_TO = 0
    DEVICE_FAULT = 1
    BILLING = 2
    FEATURE_REQUEST = 3


class Priority(IntEnum):
    """How urgent it is."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3


class Support:
    """Tickets until they are closed. A ticket's whole course is drawn when it is made.

    Instants are epoch seconds, `LATER` where they never come. `cause` is the device whose fault
    lies behind it, or -1.
    """

    def __init__(self) -> None:
        self.next_number = 0
        self.tickets = Table(
            number="i8", account="i8", requester="i8", category="i1", priority="i1", channel="i1", agent="i4",
            cause="i8", created_at="i8", responded_at="i8", solved_at="i8", reopened_at="i8", resolved_at="i8",
            rating="i1", rated_at="i8", closed_at="i8", replies="i1",
        )  # fmt: skip
        # Who ever wrote: the help desk keeps people and houses from their first ticket on.
        self.people = Table(row="i8", met_at="i8")
        self.houses = Table(row="i8", met_at="i8")
        # The agents, numbered in the order of their coming.
        self.agents = Table(hired_at="i8")
        # Faults whose report is still to be written.
        self.reports = Table(account="i8", device="i8", at="i8", done="?")
