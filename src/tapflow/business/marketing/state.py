"""Marketing's memory: campaigns, the pool of prospects, and the people that marketing knows by name."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.columns import Table

# Prospects are numbered from 1. Visitors and contacts that are no prospects have numbers of their own ranges.
STRANGERS = 1 << 40  # visitors who will never buy: STRANGERS + day * DAY_ROOM + index
OWNERS = 1 << 42  # contacts of owners that came without a prospect: OWNERS + account
STRAYS = 1 << 43  # contacts called customers that no account belongs to: STRAYS + index
DAY_ROOM = 1_000_000  # things numbered by day: day * DAY_ROOM + index


class TouchKind(IntEnum):
    """Kinds of touches; the first seven are the customers' `Channel`s."""

    PAID_SEARCH = 0
    SOCIAL = 1
    CONTENT = 2
    PARTNER = 3
    OUTBOUND = 4
    EVENT = 5
    REFERRAL = 6
    EMAIL = 7
    DIRECT = 8


class Platform(IntEnum):
    """Where a campaign is booked."""

    NONE = 0
    GOOGLE_ADS = 1
    FACEBOOK_ADS = 2
    LINKEDIN_ADS = 3


PLATFORM_KEYS = ("none", "google_ads", "facebook_ads", "linkedin_ads")


class Persona(IntEnum):
    """Who visits the website."""

    BAR_OWNER = 0
    CHAIN_MANAGER = 1
    CURIOUS = 2
    JOB_SEEKER = 3
    CUSTOMER = 4


class Form(IntEnum):
    """What made a person known to us."""

    NEWSLETTER = 0
    GUIDE = 1
    WEBINAR = 2
    SIGNUP = 3
    DEMO = 4
    IMPORTED = 5  # no form: typed in after a call or an event


class Stage(IntEnum):
    """HubSpot's lifecycle stages, as far as marketing uses them."""

    SUBSCRIBER = 0
    LEAD = 1
    MARKETING_QUALIFIED = 2
    OPPORTUNITY = 3
    CUSTOMER = 4
    OTHER = 5  # left us


class LeadKind(IntEnum):
    """What made a lead, for sales."""

    DEMO_REQUEST = 0
    OUTBOUND_ANSWER = 1  # to a call or mail
    EVENT_LEAD = 2
    SCORED = 3  # the score reached its threshold


class Mail(IntEnum):
    """Kinds of mailings."""

    NURTURE = 0
    NEWSLETTER = 1
    ONBOARDING = 2


MAIL_KEYS = ("nurture", "newsletter", "onboarding")


def _new_pool() -> Table:
    """One row a prospect that may still convert."""
    return Table(
        prospect="i8",
        alive="?",
        end_day="i4",  # interest is over
        channel="i1",  # of the first touch: the true source
        intent="f8",  # lasting, mean by channel
        log_effect="f8",  # of all touches so far, faded to today
        region="i2",
        industry="i1",
        locations="i4",  # wanted
        last_seen_at="i8",  # end of the last visit
        touches="i4",
        score="i4",
        contact_at="i8",  # since when we know a name, -1 before
        form="i1",
        qualified_at="i8",  # since when marketing-qualified, -1 before
        unsubscribed="?",
        ad_group_google="i8",  # the last ad clicked on each platform, -1 for none
        ad_day_google="i4",
        ad_group_facebook="i8",
        ad_day_facebook="i4",
        ad_group_linkedin="i8",
        ad_day_linkedin="i4",
    )


def _new_campaigns() -> Table:
    """One row a campaign: a cycle of a template of the scenario."""
    return Table(
        template="i2",
        cycle="i4",
        begin_day="i4",
        end_day="i4",  # its last day
        budget_minor="i8",  # USD a day, as set this month
        untagged="?",
        updated_at="i8",
    )


def _new_contacts() -> Table:
    """One row a contact that left the pool by converting; its number is the prospect's."""
    return Table(
        contact="i8", created_at="i8", channel="i1", form="i1", score="i4", stage="i1", region="i2", industry="i1",
        locations="i4", account="i8", unsubscribed="?", qualified_at="i8",
    )  # fmt: skip


class Marketing:
    """What marketing remembers between two days."""

    def __init__(self) -> None:
        self.pool = _new_pool()
        self.campaigns = _new_campaigns()
        self.ad_groups = Table(campaign="i8", place="i2")  # place in the template's groups
        self.contacts = _new_contacts()
        self.contact_rows: dict[int, int] = {}  # a contact's number -> its row
        self.mailing = Table(unsubscribed="?")  # one row an account: its owner wants no more mails
        self.next_prospect = 1

    def mind_accounts(self, count: int) -> None:
        """Have a mailing row for each account."""
        if count > len(self.mailing):
            self.mailing.append(count - len(self.mailing))

    def rows_of(self, contacts: ArrayLike) -> NDArray[np.int64]:
        """The rows of `contacts` for contact numbers, -1 where there is none."""
        return np.array([self.contact_rows.get(int(c), -1) for c in np.atleast_1d(contacts)], dtype=np.int64)

    def compact(self) -> None:
        """Forget the prospects whose interest is over or that converted."""
        if len(self.pool) and not self.pool.alive.all():
            kept, old = self.pool.alive, self.pool
            self.pool = _new_pool()
            self.pool.append(int(kept.sum()), **{name: old[name][kept] for name in old.names})
