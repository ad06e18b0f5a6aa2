"""The scenario's section `success`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tapflow.business.scenario.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class SuccessParameters(Strict):
    """Section `success`."""

    accounts_per_manager: Positive
    book_locations: int  # accounts with so many locations have a manager
    offline_hours: Positive  # a call to action is opened above this
    usage_ratio: Positive  # or below this
    cooldown_days: int  # between two calls to action of an account
    acted_on: Share  # of calls to action: the manager calls; the rest is left (chance alone decides)
    act_after_days: tuple[int, int]
    close_after_days: tuple[int, int]
    effect_half_life_days: Positive  # of an intervention
    review_days: int  # between business reviews
    review_held: Share
    onboarding_call_day: int  # after the first bill
    conversations: Share  # a day and active user with a manager's or owner's role
    conversation_rated: Share
