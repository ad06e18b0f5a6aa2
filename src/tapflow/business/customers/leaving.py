"""Leaving, pausing and coming back, with the causes that drive them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.book import Rows, instants, tell_events, untouched
from tapflow.business.customers.state import NEVER, AccountStatus, Cause, Interval, SubscriptionStatus
from tapflow.business.customers.subscriptions import end_subscriptions, open_subscriptions
from tapflow.business.day import Day

_CAUSES = (Cause.PRICE, Cause.UNRELIABLE_DEVICES, Cause.NO_USE, Cause.COMPETITOR, Cause.CLOSED_BUSINESS)


def leave(company: Company, day: Day) -> None:
    """Unpaid subscriptions end; then every paying account meets its hazards of the day."""
    book = company.accounts
    unpaid = np.flatnonzero((book.status == AccountStatus.ACTIVE) & book.signal_unpaid)
    end(company, day, unpaid, np.full(len(unpaid), Cause.UNPAID))
    rows = untouched(company, day, np.flatnonzero(book.status == AccountStatus.ACTIVE))
    hazards = daily_hazards(company, day, rows)
    total = 1 - np.prod(1 - hazards, axis=1)
    book.churn_hazard[rows] = total
    day.tell(
        "hazard_day",
        account=rows,
        day=np.full(len(rows), day.number),
        churn_hazard=total,
        offline_hours_28d=book.signal_offline_hours_28d[rows],
        usage_ratio=book.signal_usage_ratio[rows],
    )
    left = day.chance.happens("customers/leaves", rows, total)
    cause = day.chance.choice("customers/cause", rows[left], hazards[left] + 1e-15)
    end(company, day, rows[left], np.array(_CAUSES)[cause])
    _close_paused(company, day)


def daily_hazards(company: Company, day: Day, rows: Rows) -> NDArray[np.float64]:
    """Probability a day of leaving by cause (columns as in `_CAUSES`), for each account.

    A yearly customer can leave only on the day its contract ends, with a year's hazard; a bar
    that closes leaves at once.
    """
    book, leaving = company.accounts, company.scenario.customers.leaving
    effect = np.exp(_log_effect(company, rows))
    large = book.locations[rows] >= company.scenario.customers.growth.large_locations
    scale = effect * np.where(large, leaving.large_factor, 1.0) * _size_effect(company, rows)
    by_cause = np.stack(
        [
            leaving.price * book.price_sensitivity[rows] * scale,
            leaving.unreliable_devices * scale * (1 + book.signal_offline_hours_28d[rows] / 10),
            leaving.no_use * _quality_effect(company, rows) * scale,
            leaving.competitor * scale,
        ],
        axis=1,
    )
    yearly = book.interval[rows] == Interval.YEAR
    due = yearly & (book.contract_end_day[rows] == day.number)
    by_cause = np.where(due[:, None], 1 - np.exp(-365 * by_cause), np.where(yearly[:, None], 0.0, by_cause))
    return np.column_stack([np.minimum(by_cause, leaving.due_most), _closure(company, day, rows)])


def _log_effect(company: Company, rows: Rows) -> NDArray[np.float64]:
    book, causes = company.accounts, company.scenario.customers.causes
    settled = (book.onboarded_day[rows] != NEVER) & (book.onboarded_day[rows] - book.created_day[rows] <= 30)
    return np.asarray(
        causes.offline_hours_to_churn * np.minimum(book.signal_offline_hours_28d[rows], 60) / 10
        + causes.falling_usage_to_churn * np.clip(1 - book.signal_usage_ratio[rows], 0, 1)
        + causes.failed_payment_to_churn * book.signal_payment_failing[rows]
        + causes.onboarding_to_churn * settled
        + causes.slow_support_to_churn * np.minimum(book.signal_slow_support[rows], 96) / 24
        + causes.bad_csat_to_churn * np.minimum(book.signal_csat_bad[rows], 2)
        + causes.intervention_to_churn * np.minimum(book.signal_intervention[rows], 1)
        - 0.5 * causes.onboarding_to_churn  # the average account is half settled: keeps the mean
    )


def _quality_effect(company: Company, rows: Rows) -> NDArray[np.float64]:
    customers = company.scenario.customers
    below = customers.traits.quality_mean - company.accounts.quality[rows]
    return np.asarray(np.exp(customers.leaving.quality_effect * below))


def _size_effect(company: Company, rows: Rows) -> NDArray[np.float64]:
    """Hazard against a house of usual size: where many taps run, fewer leave and fewer close."""
    book, leaving = company.accounts, company.scenario.customers.leaving
    taps = np.maximum(book.taps[rows], 1) / np.maximum(book.locations[rows], 1)
    return np.asarray((taps / leaving.size_usual_taps) ** -leaving.size_exponent)


def _closure(company: Company, day: Day, rows: Rows) -> NDArray[np.float64]:
    # Weibull in the business's own age, its scale set by the first year's share; a chain of n
    # houses gives up only when trouble is general.
    leaving = company.scenario.customers.leaving
    shape = leaving.closure_shape
    scale = 365 / (-np.log(1 - leaving.closure_first_year)) ** (1 / shape)
    age = np.maximum(day.number - company.accounts.opened_day[rows], 0)
    hazard = 1 - np.exp(-(((age + 1) / scale) ** shape - (age / scale) ** shape))
    hazard = hazard * _size_effect(company, rows)
    houses = np.maximum(company.accounts.locations[rows], 1)
    return np.asarray(hazard * _quality_effect(company, rows) / houses**leaving.chain_exponent)


def end(company: Company, day: Day, accounts: Rows, cause: NDArray[np.int64]) -> None:
    """End accounts' subscriptions and all that hangs on them."""
    if len(accounts) == 0:
        return
    book = company.accounts
    at = instants(day, "customers/left_at", accounts)
    end_subscriptions(company, day, accounts, at, cause)
    book.status[accounts] = AccountStatus.CHURNED
    book.status_day[accounts] = day.number
    book.churned_day[accounts] = day.number
    book.cause[accounts] = cause
    book.signal_unpaid[accounts] = False
    day.emit("account_changed", account=accounts, at=at)
    tell_events(day, accounts, at, "churned", cause)


def _close_paused(company: Company, day: Day) -> None:
    """A paused house may close for good."""
    rows = np.flatnonzero(company.accounts.status == AccountStatus.PAUSED)
    closed = rows[day.chance.happens("customers/closed_paused", rows, _closure(company, day, rows))]
    end(company, day, untouched(company, day, closed), np.full(len(closed), Cause.CLOSED_BUSINESS))


def pause(company: Company, day: Day) -> None:
    """Seasonal houses stop for some weeks; those whose time has come resume."""
    book, leaving = company.accounts, company.scenario.customers.leaving
    rows = np.flatnonzero((book.status == AccountStatus.ACTIVE) & (book.interval == Interval.MONTH))
    chosen = untouched(company, day, rows[day.chance.happens("customers/pauses", rows, leaving.pause)])
    at = instants(day, "customers/paused_at", chosen)
    length = 14 + day.chance.exponential("customers/pause_days", chosen, leaving.pause_days_mean - 14).astype(np.int64)
    book.resume_day[chosen] = day.number + length
    book.cause[chosen] = Cause.SEASONAL_PAUSE
    _switch(company, day, chosen, at, AccountStatus.PAUSED, SubscriptionStatus.PAUSED, "paused")
    back = np.flatnonzero((book.status == AccountStatus.PAUSED) & (book.resume_day <= day.number))
    back = untouched(company, day, back)
    at = instants(day, "customers/resumed_at", back)
    _switch(company, day, back, at, AccountStatus.ACTIVE, SubscriptionStatus.ACTIVE, "resumed")


def _switch(
    company: Company,
    day: Day,
    accounts: Rows,
    at: NDArray[np.int64],
    status: AccountStatus,
    subscription_status: SubscriptionStatus,
    word: str,
) -> None:
    if len(accounts) == 0:
        return
    subs = company.accounts.subscription[accounts]
    company.accounts.status[accounts] = status
    company.accounts.status_day[accounts] = day.number
    company.subscriptions.status[subs] = subscription_status
    company.subscriptions.cause[subs] = Cause.SEASONAL_PAUSE
    company.subscriptions.updated_at[subs] = at
    day.emit(f"subscription_{word}", subscription=subs, at=at)
    day.emit("account_changed", account=accounts, at=at)
    tell_events(day, accounts, at, word, np.full(len(accounts), Cause.SEASONAL_PAUSE))


def win_back(company: Company, day: Day) -> None:
    """Some who left for price or want of use return, with a new subscription."""
    book, leaving = company.accounts, company.scenario.customers.leaving
    recent = day.number - book.churned_day <= leaving.win_back_days
    soft = np.isin(book.cause, (Cause.PRICE, Cause.NO_USE))
    rows = np.flatnonzero((book.status == AccountStatus.CHURNED) & recent & soft & (book.locations > 0))
    back = untouched(company, day, rows[day.chance.happens("customers/returns", rows, leaving.win_back)])
    if len(back) == 0:
        return
    at = instants(day, "customers/returned_at", back)
    book.cause[back] = Cause.NONE
    open_subscriptions(company, day, back, at, 0, NEVER)
    day.emit("account_changed", account=back, at=at)
    tell_events(day, back, at, "won_back")
