"""The scenario's section `sales`: every number told in the YAML beside it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tapflow.business.scenario.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Rate = Annotated[float, Field(ge=0)]
FourShares = tuple[Share, Share, Share, Share]
FiveShares = tuple[Share, Share, Share, Share, Share]
FourPositives = tuple[Positive, Positive, Positive, Positive]


class Territory(Strict):
    """A sales territory: the regions that its people look after."""

    name: str
    regions: tuple[str, ...]


class Team(Strict):
    """The people who sell."""

    accounts_per_seat: Positive  # customers at the start for each seat
    leaving: Share  # a day and seat: the rep leaves, another takes the seat
    reassigned: Share  # a day and CRM account: moved to a neighbouring territory
    skill_sigma: Positive  # of the logarithm of a rep's skill, which multiplies the chance to advance a deal
    quota_stretch: Positive  # a quarter's quotas against the bookings of the 91 days before
    quota_least_minor: int  # the least quota of a seat, USD minor units


class Leads(Strict):
    """What becomes of leads; by kind: demo, outbound, event, scored by marketing, sign-up."""

    qualified: FiveShares  # of marketing-qualified leads that sales accepts
    marketing_qualified: FiveShares  # of leads that marketing hands over
    signup_locations: int  # a sign-up is handed over only from this many wanted locations
    response_hours_median: Positive  # from creation to the first call or mail
    response_sigma: Positive  # of the logarithm
    decision_days_median: Positive  # from the first response to the decision
    decision_sigma: Positive  # of the logarithm
    known_days: int  # so long a person is known: no second lead is made
    nurture_days: int  # an unworked sign-up is closed when its trial is over, or after this long
    reasons: dict[str, Positive]  # why a lead is not qualified, with weights


class Deals(Strict):
    """Opportunities; by stage: discovery, demo, proposal, negotiation."""

    advance: FourShares  # chance to leave a stage forward
    stage_days_small: FourPositives  # median days in a stage, deals of a small house
    stage_days_large: FourPositives  # the same, of larger ones
    stage_sigma: Positive  # of the logarithm
    small_locations: int  # up to this many locations a deal is small
    probability: tuple[int, int, int, int, int, int]  # percent by stage, won and lost included
    yearly_share: Share  # of deals, billed yearly
    competitors: dict[str, Positive]  # who else is asked, with weights
    competitor_share: Share  # of deals in which a competitor is known
    competitor_factor: Positive  # on the chance to advance
    warm_factor: Positive  # on the same for partners' and friends' deals
    loss_reasons: dict[str, Positive]  # why a deal is lost, with weights
    discount_share: Share  # of deals with a negotiated discount
    discount_step_bp: int  # discounts come in these steps
    discount_steps: tuple[Positive, ...]  # weights of one step, two steps, ...
    large_discount_factor: Positive  # on the share of deals with a discount, for larger houses
    push_share: Share  # a day: an overdue close date is moved
    push_days_median: Positive  # by how much
    push_days_sigma: Positive  # of the logarithm
    taps_guess_sigma: Positive  # of the logarithm: how far a deal's taps are off the trade's mean
    start_days: tuple[int, int]  # from a signature to the first billed day, uniform


class Expansion(Strict):
    """Renewals and upsells."""

    renewal_lead_days: int  # a renewal is opened this long before the contract's end
    upsell_attempts: Share  # a day and customer that sales looks after: an upsell is tried, and lost
    upsell_signal: Rate  # strength of a running conversation, as the customers' hazards read it


class Activities(Strict):
    """Calls, mails and meetings."""

    opportunity_daily: FourPositives  # a day and open deal, by stage
    renewal_daily: Positive  # a day and open renewal
    lead_follow_ups: Rate  # a day and lead in work
    meeting_minutes: tuple[int, ...]  # lengths of meetings


class SalesMess(Strict):
    """What a CRM looks like after some years."""

    duplicate_leads: Share  # of leads: entered twice
    hidden_duplicates: Share  # of those: so differently spelt that no rule finds them
    duplicate_accounts: Share  # of new CRM accounts: entered twice
    merge_daily: Share  # a day and duplicate: somebody merges it
    not_closed: Share  # of churned customers: left as customers in the CRM
    not_closed_daily: Share  # a day and such customer: somebody closes it
    app_id_missing: Share  # of CRM accounts of customers: without the product's account id
    website_missing: Share  # of CRM accounts: without a website
    addresses_in_capitals: Share  # of contacts: the same address, shouted
    other_addresses: Share  # of contacts: another address than the login's
    contacts_deleted_daily: Share  # a day and contact whose login is gone: somebody deletes it


class SalesParameters(Strict):
    """Section `sales`."""

    territories: tuple[Territory, ...]
    team: Team
    leads: Leads
    deals: Deals
    expansion: Expansion
    activities: Activities
    mess: SalesMess
    warm_up_days: int  # the starting pipeline grows over this many days before the first
    warm_up_leads: Positive  # leads a day and customer on those days
