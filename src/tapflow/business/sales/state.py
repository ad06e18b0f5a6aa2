"""The memory of sales: the team, open leads and deals, and the CRM's accounts and contacts.

Row numbers of `reps`, `crm` and `contacts` are identities; leads and deals carry a `number`,
because their tables hold only what is open, and what was closed on the day just done.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tapflow.business.columns import Table

NOBODY = -1  # a row number that stands for "none"


class Stage(IntEnum):
    """Where a deal stands."""

    DISCOVERY = 0
    DEMO = 1
    PROPOSAL = 2
    NEGOTIATION = 3
    WON = 4
    LOST = 5


class Deal(IntEnum):
    """What a deal is about."""

    NEW = 0  # a prospect that is no account yet
    TRIAL = 1  # an account on trial that sales works
    RENEWAL = 2
    UPSELL = 3


class LeadKind(IntEnum):
    """How a lead came to us."""

    DEMO = 0
    OUTBOUND = 1
    EVENT = 2
    SCORED = 3  # marketing's score reached its threshold
    SIGNUP = 4


class LeadStatus(IntEnum):
    """Where a lead stands."""

    NEW = 0
    WORKING = 1
    NURTURING = 2
    QUALIFIED = 3
    UNQUALIFIED = 4


class CrmType(IntEnum):
    """What the CRM takes an account for."""

    PROSPECT = 0
    CUSTOMER = 1
    FORMER = 2


class Sales:
    """What sales remembers from day to day."""

    def __init__(self) -> None:
        self.reps = Table(
            seat="i4",  # NOBODY for managers
            territory="i2",
            manager="i4",
            hired_day="i4",
            left_day="i4",
            skill="f8",
            created_at="i8",
            updated_at="i8",
        )
        self.seats = Table(territory="i2", rep="i4")
        self.leads = Table(
            number="i8",
            original="i8",  # the lead that it repeats, or NOBODY
            hidden="?",  # a repetition that no rule finds
            prospect="i8",
            account="i8",  # of sign-ups
            channel="i1",
            region="i2",
            industry="i1",
            locations="i4",
            kind="i1",
            status="i1",
            reason="i1",
            rep="i4",
            marketing_qualified="?",
            created_at="i8",
            respond_at="i8",
            decide_day="i4",
            crm="i8",
            contact="i8",
            opportunity="i8",
            deleted="?",
            updated_at="i8",
        )
        self.deals = Table(
            number="i8",
            kind="i1",
            crm="i8",
            contact="i8",
            account="i8",
            prospect="i8",
            lead="i8",
            channel="i1",
            region="i2",
            industry="i1",
            locations="i4",
            plan="i1",
            interval="i1",
            product="i2",
            quantity="i4",
            rep="i4",
            stage="i1",
            stage_day="i4",  # since when
            due_day="i4",  # when it leaves the stage
            final_day="i4",  # when another's decision settles it, -1 if its own stages do
            close_day="i4",  # expected, or actual
            pushes="i2",
            list_minor="i8",  # USD a year before discount
            discount_bp="i4",
            amount_minor="i8",  # USD a year
            competitor="i1",
            reason="i1",
            contract_end_day="i4",  # of the contract that a renewal is about
            created_at="i8",
            closed_at="i8",
            updated_at="i8",
        )
        self.crm = Table(
            account="i8",
            prospect="i8",
            original="i8",  # the CRM account that it repeats, or NOBODY
            kind="i1",
            rep="i4",
            region="i2",
            territory="i2",  # of its region, until somebody moves it
            industry="i1",
            locations="i4",
            arr_minor="i8",
            kept="?",  # a churned customer that nobody closed
            app_id_known="?",
            website_known="?",
            imported="?",  # came with a bad import
            deleted="?",
            created_at="i8",
            updated_at="i8",
        )
        self.contacts = Table(crm="i8", user="i8", prospect="i8", deleted="?", created_at="i8", updated_at="i8")
        self.accounts = Table(crm="i8", renewal_end_day="i4")  # by the spine's account row
        self.signed = Table(prospect="i8", crm="i8")  # won deals whose account is not there yet
        self.known = Table(prospect="i8", day="i4")  # people that were entered as leads within a year
        self.bookings_by_day: list[int] = []  # of the last 91 days, USD minor units
        self.seen_users = 0
        self.next_lead = 0
        self.next_deal = 0
        self.next_activity = 0
        self.next_quota = 0
        self.next_arr_change = 0
        self.next_territory_change = 0


def numbered(counter: int, count: int) -> NDArray[np.int64]:
    """The next `count` numbers of a counter that stands at `counter`."""
    return np.arange(counter, counter + count, dtype=np.int64)


def kept(table: Table, mask: NDArray[np.bool_]) -> Table:
    """A table with the rows of `mask` alone, in their order."""
    if len(table) and mask.all():
        return table
    rest = Table(**{name: table[name].dtype.str for name in table.names})
    rest.append(int(mask.sum()), **{name: table[name][mask] for name in table.names})
    return rest


def joined(first: Table, second: Table) -> Table:
    """The rows of two tables of the same columns, one after the other."""
    both = kept(first, np.zeros(len(first), dtype=bool))
    for table in (first, second):
        both.append(len(table), **{name: table[name] for name in table.names})
    return both


def forget(sales: Sales, before_seconds: int) -> None:
    """Drop leads and deals that were closed before an instant."""
    leads, deals = sales.leads, sales.deals
    sales.leads = kept(leads, (leads.status < LeadStatus.QUALIFIED) | (leads.updated_at >= before_seconds))
    sales.deals = kept(deals, (deals.stage < Stage.WON) | (deals.closed_at >= before_seconds))
