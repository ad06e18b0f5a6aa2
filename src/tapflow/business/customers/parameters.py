"""The scenario's sections `customers` and `plans`: every number told in the YAML beside them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from tapflow.business.scenario.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Region(Strict):
    """A region of a country where customers live."""

    country: str  # ISO 3166 alpha-2
    name: str
    zone: str  # IANA time zone
    currency: str  # ISO 4217; of the bills
    latitude: float
    longitude: float
    weight: Positive  # share of customers, relative


class IndustryMix(Strict):
    """A kind of house."""

    name: str
    weight: Positive
    taps_mean: Positive  # taps a location
    capacity: Positive  # busyness against a bar


class Traits(Strict):
    """What an account is and stays, drawn once."""

    quality_mean: Share  # how well a house is run, 0..1
    quality_sigma: Positive
    quality_least: Share
    quality_most: Share
    price_sigma: Positive  # of the logarithm of the sensitivity to prices, mean 1
    appetite_sigma: Positive  # of the logarithm of the appetite for more, mean 1
    business_age_days_mean: Positive  # age of the business when it comes to us, exponential
    capacity_sigma: Positive  # of the logarithm of a location's busyness
    latitude_sigma: Positive  # of locations about their region's middle, degrees
    longitude_sigma: Positive


class Founding(Strict):
    """The past of the starting population."""

    age_days_least: int  # nobody came later than so many days before the first
    age_days_most: int
    onboarded: Share  # have finished onboarding
    onboarded_days: int  # after they came
    assisted: Share  # of the others than large accounts: sales looks after them
    discounted_assisted: Share  # of those that sales looks after: have a discount
    discounted_others: Share


class Growth(Strict):
    """How customers grow and shrink, a day, by the traits of an average account."""

    add_location: Share
    add_taps: Share
    upgrade_plan: Share
    add_product: Share
    product_pick: Share  # an add-on taken when its turn comes, in the order of plans.add_ons
    amount_more: Positive  # locations or taps beyond the first, mean
    remove_taps: Share
    close_location: Share
    downgrade_plan: Share
    intent_lead_days: int  # an expansion is decided this long before it happens
    large_factor: Positive  # large customers expand this much more
    large_locations: int  # from this many locations an account is large


class Leaving(Strict):
    """Daily hazards of leaving, by cause, for an average one-location customer."""

    price: Share
    unreliable_devices: Share
    no_use: Share
    competitor: Share
    closure_first_year: Share  # probability that a bar closes within its first year
    closure_shape: Positive  # Weibull shape of a bar's life: below 1, the hazard falls with age
    large_factor: Positive  # multiplies all but closure for large customers
    size_exponent: Annotated[float, Field(ge=0)]  # hazards fall with the taps a location to this power
    quality_effect: float  # log hazard of closing or finding no use, for a quality of 0 against 1
    due_most: Share  # the greatest chance of leaving by one cause when a year's contract ends
    chain_exponent: Positive  # a chain closes less: the hazard falls with its houses to this power
    size_usual_taps: Positive  # taps a location of a house whose hazards are as told
    pause: Share  # seasonal pause
    pause_days_mean: Positive
    win_back: Share  # a day, within win_back_days after leaving for price or no use
    win_back_days: int


class Causes(Strict):
    """What moves the hazards: each arrow of cause and effect is one number (log hazard a unit)."""

    offline_hours_to_churn: float  # for each 10 offline hours a device in 28 days
    falling_usage_to_churn: float  # for a usage ratio of 0 against 1
    failed_payment_to_churn: float  # while an invoice is failing
    onboarding_to_churn: float  # finished within 30 days (negative: it keeps)
    features_to_expansion: float  # for each feature used in 28 days above four
    slow_support_to_churn: float  # for each 24 hours of the last slow first response
    bad_csat_to_churn: float  # for each recent bad rating
    intervention_to_churn: float  # for an intervention at full strength (negative: it keeps)
    upsell_to_expansion: float  # for a running upsell conversation
    discount_to_contraction: float  # for each 10 points of discount


class People(Strict):
    """People with a login."""

    users_per_location: Positive
    role_weights: tuple[Positive, Positive, Positive, Positive]  # owner, manager, bartender, analyst
    joining: Share  # a day and location: somebody joins
    leaving: Share  # a day and user
    orphan_users: Share  # of new users: belong to no account (mess)
    engagement_sigma: Positive


class Trials(Strict):
    """Trials without a card, and onboarding."""

    days: int
    conversion: Share  # of trials, for an average account
    extension: Share
    early_conversion: Share  # of those that convert: before the trial's end
    onboarding_daily: Share  # chance a day to finish the next step, times the base and the quality
    onboarding_base: Positive  # a house of quality 0 gets on at this share of onboarding_daily
    quality_effect: float  # log odds of conversion, for a quality of 1 against 0


class CustomerMess(Strict):
    """Mess in the product's own data."""

    test_accounts: Share  # of new accounts: our own tests
    name_variants: Share  # a system spells the name differently
    freemail: Share  # owners who write from a free mail address
    plain_names: Share  # houses called by their name alone, without what they are


class CustomerParameters(Strict):
    """Section `customers`."""

    regions: tuple[Region, ...]
    industries: tuple[IndustryMix, ...]
    locations_tail: Positive  # Pareto exponent of locations an account
    locations_most: int
    taps_most: int  # a location
    yearly_share: Share
    onboarding_steps: tuple[str, ...]
    traits: Traits
    founding: Founding
    trials: Trials
    growth: Growth
    leaving: Leaving
    causes: Causes
    people: People
    mess: CustomerMess
    age_days_mean: Positive  # of the starting population

    @model_validator(mode="after")
    def _six_industries(self) -> CustomerParameters:
        if len(self.industries) != 6:
            raise ValueError("there are six industries: bar, restaurant, brewpub, hotel, stadium, club")
        return self


class Product(Strict):
    """Something that an invoice line may name."""

    key: str
    name: str
    line: str  # product line of the revenue reports
    recurring: bool
    cost_share: Share  # of the price: what a unit costs us, for one-offs


class PriceRise(Strict):
    """From a day on, list prices are multiplied; running subscriptions follow at their next renewal."""

    day: int  # counted from the first simulated day
    factor: Positive
    plans: tuple[str, ...]


class PlanRow(Strict):
    """A plan: minor units of USD for each tap and month, and what it includes."""

    name: str
    tap_month_minor: int
    seats_included: int
    weight: Positive  # share among one-location customers
    large_weight: Positive  # share among large customers


class AddOn(Strict):
    """A product beside the plan."""

    product: str
    tap_month_minor: int
    share: Share  # of paying customers at the start


class Coupon(Strict):
    """A recurring discount for a while."""

    key: str
    discount_bp: int
    months: int | None
    share: Share  # of self-serve conversions


class PlanParameters(Strict):
    """Section `plans`."""

    products: tuple[Product, ...]
    plans: tuple[PlanRow, PlanRow, PlanRow]
    add_ons: tuple[AddOn, ...]
    coupons: tuple[Coupon, ...]
    yearly_discount_bp: int
    currency_factor: dict[str, Positive]  # list price in a currency against USD
    accounting_rate: dict[int, dict[str, Positive]]  # USD for a unit, fixed for a calendar year
    hardware_minor: int
    installation_minor: int
    hardware_free_share: Share
    price_rises: tuple[PriceRise, ...]

    def product_row(self, key: str) -> int:
        """The row of a product by its key."""
        return [p.key for p in self.products].index(key)
