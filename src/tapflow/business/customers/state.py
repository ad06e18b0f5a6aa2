"""The spine of the company: accounts, locations, users, subscriptions and their items.

Other domains keep memories of their own (`Company.part`) and write into the spine only the
columns named `signal_*`, which the customers' hazards read on the next day.
"""

from __future__ import annotations

from enum import IntEnum

from tapflow.business.columns import Table

NEVER = -1  # a day number that stands for "has not happened"


class AccountStatus(IntEnum):
    """Where an account stands with us."""

    TRIAL = 0
    ACTIVE = 1
    PAUSED = 2
    CHURNED = 3
    EXPIRED = 4  # a trial that ended without paying
    SIGNED = 5  # won by sales, billing starts later


class Cause(IntEnum):
    """Why an account left, paused or shrank."""

    NONE = 0
    PRICE = 1
    UNRELIABLE_DEVICES = 2
    NO_USE = 3
    CLOSED_BUSINESS = 4
    COMPETITOR = 5
    UNPAID = 6
    SEASONAL_PAUSE = 7


class Channel(IntEnum):
    """What brought a sign-up: the true source."""

    PAID_SEARCH = 0
    SOCIAL = 1
    CONTENT = 2
    PARTNER = 3
    OUTBOUND = 4
    EVENT = 5
    REFERRAL = 6


class Industry(IntEnum):
    """What kind of house the customer runs."""

    BAR = 0
    RESTAURANT = 1
    BREWPUB = 2
    HOTEL = 3
    STADIUM = 4
    CLUB = 5


class Role(IntEnum):
    """What a user is in the customer's house."""

    OWNER = 0
    MANAGER = 1
    BARTENDER = 2
    ANALYST = 3


class Plan(IntEnum):
    """The plans that we sell."""

    STARTER = 0
    GROWTH = 1
    ENTERPRISE = 2


class Interval(IntEnum):
    """How often a subscription is billed."""

    MONTH = 0
    YEAR = 1


def new_accounts() -> Table:
    """One row an account. Days are day numbers (`NEVER` if not yet), `_at` epoch seconds, money minor units."""
    return Table(
        created_at="i8",
        created_day="i4",
        opened_day="i4",  # when the bar itself opened: its business age drives closure
        industry="i1",
        country="i2",  # row of scenario.customers.regions: a region of a country, its zone and currency
        currency="i1",  # index in core.money.CURRENCIES
        channel="i1",
        prospect="i8",  # marketing's number of the person that signed up, -1 for the starting population
        status="i1",
        status_day="i4",  # since when
        trial_end_day="i4",
        first_paid_day="i4",
        churned_day="i4",
        cause="i1",  # of the last churn or pause
        resume_day="i4",  # when a pause ends
        contract_end_day="i4",  # yearly contracts: next renewal
        locations="i4",  # open ones
        taps="i4",  # taps in use, all locations
        plan="i1",
        interval="i1",
        subscription="i8",  # the current row of `subscriptions`, -1 if none
        discount_bp="i4",  # recurring discount, basis points
        discount_end_day="i4",
        sales_assisted="?",
        sales_rep="i4",
        csm="i4",
        is_test="?",
        onboarded_day="i4",  # all steps done
        quality="f8",  # lasting trait 0..1: how well the house is run
        price_sensitivity="f8",  # lasting trait, mean 1
        appetite="f8",  # lasting trait, mean 1: will to grow
        churn_hazard="f8",  # today's daily hazard of leaving, as the truth keeps it
        signal_offline_hours_28d="f8",  # devices: mean offline hours a device
        signal_usage_ratio="f8",  # devices: pours of 7 days over the 28-day weekly mean, 1 is level
        signal_payment_failing="?",  # billing: an invoice failed and is not yet paid
        signal_unpaid="?",  # billing: dunning is over, the subscription is to end
        signal_features_adopted="i4",  # product: features used in 28 days
        signal_active_users_28d="i4",  # product
        signal_slow_support="f8",  # support: hours of the last slow first response, fades
        signal_csat_bad="f8",  # support: recent bad ratings, fades
        signal_intervention="f8",  # success: strength of a recent intervention, fades
        signal_upsell="f8",  # sales: strength of a running upsell conversation
    )


def new_locations() -> Table:
    """One row a location of an account."""
    return Table(
        account="i8",
        created_at="i8",
        created_day="i4",
        closed_day="i4",  # NEVER while open
        region="i2",  # row of scenario.customers.regions
        latitude="f8",
        longitude="f8",
        taps="i4",
        capacity="f8",  # lasting trait, mean 1: how busy the house is
        updated_at="i8",
    )


def new_users() -> Table:
    """One row a person with a login. A user may belong to no account (kept as -1)."""
    return Table(
        account="i8",
        location="i8",  # home location, -1 for the whole account
        role="i1",
        created_at="i8",
        created_day="i4",
        deleted_day="i4",
        engagement="f8",  # lasting trait, mean 1
        updated_at="i8",
        is_test="?",
    )


def new_subscriptions() -> Table:
    """One row a subscription; an account has at most one live at a time, a win-back starts a new one."""
    return Table(
        account="i8",
        created_at="i8",
        started_at="i8",  # first billed instant
        started_day="i4",
        ended_at="i8",  # -1 while live
        ended_day="i4",
        status="i1",  # SubscriptionStatus
        plan="i1",
        interval="i1",
        currency="i1",
        anchor_day="i4",  # billing periods count from here
        discount_bp="i4",
        discount_end_day="i4",
        cause="i1",
        mrr_minor="i8",  # USD, at the day's end
        updated_at="i8",
    )


class SubscriptionStatus(IntEnum):
    """Stripe's statuses, as far as we use them."""

    TRIALING = 0
    ACTIVE = 1
    PAST_DUE = 2
    PAUSED = 3
    CANCELED = 4


def new_items() -> Table:
    """One row an item of a subscription: a product at a unit price, a quantity of it."""
    return Table(
        subscription="i8",
        product="i2",  # row of scenario.plans.products
        unit_minor="i8",  # per billing interval, in the subscription's currency, before discount
        quantity="i4",
        created_at="i8",
        removed_at="i8",  # -1 while there
        updated_at="i8",
    )
