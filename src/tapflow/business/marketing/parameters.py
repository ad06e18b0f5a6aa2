"""The scenario's section `marketing`: every number told in the YAML."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tapflow.business.scenario.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Rate = Annotated[float, Field(ge=0)]
KINDS = ("paid_search", "social", "content", "partner", "outbound", "event", "referral", "email", "direct")


class TouchKindRow(Strict):
    """What one touch of a kind does, and how often it comes again."""

    name: str
    effect: Annotated[float, Field(ge=1)]  # hazard ratio on the day of the touch
    again: Rate  # share among later touches, relative
    visits: Share  # of touches of this kind that lead to the website


class Touches(Strict):
    """The cause "campaign touch -> signup"."""

    half_life_days: Positive
    strongest: Annotated[float, Field(ge=1)]  # hazard ratio of all touches together at most
    kinds: tuple[TouchKindRow, ...]

    @model_validator(mode="after")
    def _known_kinds(self) -> Touches:
        if tuple(k.name for k in self.kinds) != KINDS:
            raise ValueError(f"the kinds are, in this order: {', '.join(KINDS)}")
        return self


class Arrival(Strict):
    """How prospects first hear of us."""

    channel: str
    per_1000_accounts: Rate  # new prospects a day; paid channels get theirs from clicks
    intent: Positive  # mean lasting intent


class Prospects(Strict):
    """People who may become customers."""

    base_hazard: Share  # a day, at intent 1 without touches
    intent_sigma: Positive
    interest_days_mean: Positive
    interest_days_most: int
    touch_again: Share  # a day
    demo_share: Share
    demo_share_large: Share
    large_locations: int
    offline_lead_share: Share  # of outbound and event prospects that convert
    abandon_signup: Share  # of visits
    locations_tail: Positive
    arrivals: tuple[Arrival, ...]

    @model_validator(mode="after")
    def _seven_channels(self) -> Prospects:
        if tuple(a.channel for a in self.arrivals) != KINDS[:7]:
            raise ValueError(f"arrivals are by channel, in this order: {', '.join(KINDS[:7])}")
        return self


class Scoring(Strict):
    """Points of a contact's marketing score."""

    visit: int
    pricing_viewed: int
    form: int
    email_clicked: int
    event_attended: int
    threshold: int


class CampaignTemplate(Strict):
    """A campaign that runs in cycles."""

    key: str
    name: str
    channel: Literal["paid_search", "social", "content", "partner", "outbound", "event", "referral", "email", "direct"]
    platform: Literal["google_ads", "facebook_ads", "linkedin_ads", "none"]
    source: str  # of its tags
    medium: str
    cycle_days: Annotated[int, Field(ge=7)]
    budget_usd: Rate  # a day and 1,000 accounts
    ctr: Share
    cpc_usd: Rate
    prospects: Share  # of clicks by people who did not know us and may buy
    groups: tuple[str, ...]


class Page(Strict):
    """A page of the website."""

    path: str
    event: str | None  # the named event that opening it sends
    weights: tuple[Rate, Rate, Rate, Rate, Rate]  # by persona


class Persona(Strict):
    """Visitors that will not buy."""

    name: str
    per_1000_accounts: Rate  # first visits a day
    touch: str  # the kind of touch that brings them, when not direct
    direct: Share


class Website(Strict):
    """How people use the website."""

    pages: tuple[Page, ...]
    landing: dict[str, tuple[Rate, ...]]
    personas: tuple[Persona, Persona, Persona]
    returning: Share
    more_pages: tuple[Share, Share, Share, Share, Share]
    pages_most: Annotated[int, Field(ge=3, le=30)]
    page_seconds_median: Positive
    page_seconds_sigma: Positive
    page_seconds_most: Annotated[int, Field(lt=1800)]
    autocapture: Share
    calculator: Share
    video: Share
    docs_search: Share
    pricing_interest: Share
    devices: tuple[Positive, Positive, Positive]
    browsers: tuple[Positive, Positive, Positive, Positive]
    hours: Annotated[tuple[Rate, ...], Field(min_length=24, max_length=24)]

    @model_validator(mode="after")
    def _pages_known(self) -> Website:
        paths = {page.path for page in self.pages}
        if not {"/pricing", "/features", "/demo", "/docs", "/signup"} <= paths:
            raise ValueError("the website needs the pages /pricing, /features, /demo, /docs and /signup")
        if tuple(self.landing) != KINDS or any(len(w) != len(self.pages) for w in self.landing.values()):
            raise ValueError("landing needs a weight for each page, for each kind of touch in its order")
        return self


class Forms(Strict):
    """Forms that make a visitor known."""

    newsletter: Share
    guide: Share
    webinar: Share


class Emails(Strict):
    """Mails and what becomes of them."""

    nurture_every_days: Annotated[int, Field(ge=1)]
    newsletter_every_days: Annotated[int, Field(ge=1)]
    onboarding_days: tuple[int, ...]
    bounced: Share
    opened: tuple[Share, Share, Share]  # nurture, newsletter, onboarding
    clicked: tuple[Share, Share, Share]  # of opened
    unsubscribed: Share  # of opened
    hours: tuple[int, int]


class MarketingMess(Strict):
    """What tracking and the CRM get wrong."""

    ad_blockers: tuple[Share, Share, Share]  # by device
    analytics_blocked_too: Share
    consent_refused: Share
    untagged_campaigns: Share
    email_differs: Share
    domain_missing: Share
    domain_prefixed: Share
    contacts_without_account: Share
    contacts_archived: Share


class MarketingParameters(Strict):
    """Section `marketing`."""

    growth_per_year: float
    weekday: tuple[Positive, Positive, Positive, Positive, Positive, Positive, Positive]
    season: Annotated[tuple[Positive, ...], Field(min_length=12, max_length=12)]
    warm_up_days: Annotated[int, Field(ge=0, le=365)]
    touches: Touches
    prospects: Prospects
    scoring: Scoring
    campaigns: tuple[CampaignTemplate, ...]
    budget_sigma: Rate
    cost_sigma: Rate
    rate_sigma: Rate
    website: Website
    forms: Forms
    emails: Emails
    mess: MarketingMess
