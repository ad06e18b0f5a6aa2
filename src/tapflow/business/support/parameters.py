"""The scenario's section `support`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from tapflow.business.scenario.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class OpenHours(Strict):
    """One weekday of the support calendar, in seconds of the UTC day."""

    weekday: Annotated[int, Field(ge=1, le=7)]  # 1 is Monday
    opens_second: Annotated[int, Field(ge=0, le=86_400)]
    closes_second: Annotated[int, Field(ge=0, le=86_400)]

    @model_validator(mode="after")
    def _in_order(self) -> OpenHours:
        if self.closes_second < self.opens_second:
            raise ValueError("support closes before it opens")
        return self


class Writing(Strict):
    """Who writes to support, and when."""

    any_hour: Share  # of tickets: written at any hour of the day
    from_hour: float  # UTC; the others come between these hours
    to_hour: float
    by_manager: Share  # of accounts with a manager: the manager writes, not the owner


class CategoryMix(Strict):
    """A kind of trouble, and how urgent its tickets are."""

    name: str
    weights: tuple[float, float, float, float]  # low, normal, high, urgent
    resolution_factor: Positive  # against a how-to question


class SupportParameters(Strict):
    """Section `support`."""

    calendar: tuple[OpenHours, ...]
    accounts_per_agent: Positive  # paying customers for each agent
    agents_least: Annotated[int, Field(ge=1)]
    tickets_per_agent: Positive  # open tickets at which an agent is just busy: beyond, replies slow down
    fault_to_ticket: Share  # a device fault is reported
    fault_delay_hours: Positive  # mean time from fault to ticket
    failing_to_ticket: Share  # a day with a failing payment
    questions: Share  # a day and paying account, settled
    newcomer_factor: Positive  # questions of accounts younger than newcomer_days
    newcomer_days: int
    writing: Writing
    requests: Share  # a day and paying account: a feature is asked for
    categories: tuple[CategoryMix, CategoryMix, CategoryMix, CategoryMix]
    first_response_hours: tuple[Positive, Positive, Positive, Positive]  # median business hours by priority
    first_response_sigma: Positive
    resolution_hours: Positive  # median business hours from first response, a how-to question
    resolution_sigma: Positive
    replies_more: Positive  # replies beyond the first, mean
    reopened: Share
    rating_asked: Share  # solved tickets whose requester rates
    rating_good: Share  # of ratings, after a reply in the median time
    slow_to_bad_rating: float  # log odds of a bad rating for each doubling of the first response beyond the median
    close_days: int  # from solved to closed
    channels: dict[str, Positive]
    slow_signal_half_life_days: Positive
    bad_rating_half_life_days: Positive
    missing_organization: Share  # mess: a ticket's requester is not tied to an organization
    start_backlog_days: int  # tickets of so many days before the first day are on file
