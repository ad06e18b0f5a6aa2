"""The scenario's section `billing`: every number told in `scenario/billing.yml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from tapflow.business.scenario.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Days = Annotated[int, Field(ge=0)]


class Exchange(Strict):
    """Daily market rates: a walk that is pulled towards the year's accounting rate."""

    daily_sigma: Positive  # of the logarithm, a day
    pull: Share  # share of the gap to the accounting rate that closes in a day


class Decline(Strict):
    """Why a card is refused, and how likely it works at a later try."""

    code: str  # the processor's decline code
    weight: Positive  # share of first failures, relative
    mended: Share  # chance at each retry that the card works again


class Collection(Strict):
    """Charging cards, retrying, giving up."""

    first_failure: Share  # of first attempts, for a house of middling quality
    quality_effect: Positive  # failures at quality 0 less failures at quality 1, relative to the middle
    failing_again: Share  # of first attempts of further invoices while a card is known to be broken
    declines: tuple[Decline, ...]
    retry_days: tuple[int, ...]  # days after the first failure
    give_up_days: int  # days after the first failure: dunning is over
    finalize_seconds: int  # from an invoice's draft to its finalisation

    @model_validator(mode="after")
    def _knows_outages(self) -> Collection:
        if "processing_error" not in [d.code for d in self.declines]:
            raise ValueError("declines must hold processing_error: what an outage of the processor gives")
        return self


class Terms(Strict):
    """Large customers pay by bank transfer against a sent invoice."""

    locations: int  # from this many locations on
    due_days: int
    paid_days_median: Positive  # from finalisation to payment
    paid_days_sigma: Positive  # of the logarithm
    never: Share  # of sent invoices: not paid at all
    write_off_days: int  # after finalisation, an unpaid one is written off


class Refunds(Strict):
    """Money given back for paid invoices."""

    chance: Share  # of paid invoices, for a customer without offline devices
    offline_factor: float  # added to 1 for each 24 offline hours a device in 28 days
    lag_days_mean: Positive  # from payment to refund, exponential
    lag_days_most: int
    full: Share  # of refunds: the whole amount
    part: tuple[float, float]  # else this share of the amount, uniform
    credit_note: Share  # of refunds: with a credit note
    open_credit: Share  # of invoices in dunning or sent: a credit before they are paid
    open_part: tuple[float, float]  # share of the amount, uniform


class Disputes(Strict):
    """Charges that the card's holder disputes."""

    chance: Share  # of card payments
    lag_days_mean: Positive
    lag_days_most: int
    decided_days: tuple[int, int]  # from dispute to decision, uniform
    lost: Share
    fee_minor: int  # USD, for each dispute


class Fees(Strict):
    """What the processor keeps."""

    card_bp: int  # of the amount, basis points
    card_fixed_minor: int  # USD, a charge
    exchange_bp: int  # more, when the card's currency is not USD
    transfer_bp: int
    transfer_most_minor: int  # USD
    payout_days: int  # from a charge to its payout


class BillingMess(Strict):
    """Mess in the processor's data."""

    customers_without_account_id: Share  # no app account id in the metadata


class BillingParameters(Strict):
    """Section `billing`."""

    exchange: Exchange
    collection: Collection
    terms: Terms
    refunds: Refunds
    disputes: Disputes
    fees: Fees
    mess: BillingMess
