"""Prices, and monthly recurring revenue as the metric catalogue defines it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import Interval, SubscriptionStatus
from tapflow.core.clock import DayNumber, day_date
from tapflow.core.money import CURRENCIES, divide_half_even, round_minor

Ints = NDArray[np.int64]


def unit_prices(company: Company, day: DayNumber, product: ArrayLike, interval: ArrayLike, currency: ArrayLike) -> Ints:
    """List price of a tap for each billing interval, in minor units of the currency, on a day."""
    plans = company.scenario.plans
    month = np.zeros(len(plans.products))
    for row, plan in enumerate(plans.plans):
        month[row] = plan.tap_month_minor * _raised(company, day, plan.name)
    for add_on in plans.add_ons:
        month[plans.product_row(add_on.product)] = add_on.tap_month_minor
    factor = np.array([plans.currency_factor[c] for c in CURRENCIES])
    monthly = round_minor(month[np.asarray(product)] * factor[np.asarray(currency)])
    yearly = round_minor(monthly * 12 * (10_000 - plans.yearly_discount_bp) / 10_000)
    return np.where(np.asarray(interval) == Interval.YEAR, yearly, monthly)


def _raised(company: Company, day: DayNumber, plan: str) -> float:
    factor = 1.0
    for rise in company.scenario.plans.price_rises:
        if day - company.first_day >= rise.day and plan in rise.plans:
            factor *= rise.factor
    return factor


def accounting_rates(company: Company, day: DayNumber) -> Ints:
    """USD hundredths for one unit of each currency, fixed for the day's calendar year."""
    table = company.scenario.plans.accounting_rate
    year = min(max(day_date(day).year, min(table)), max(table))
    return np.array([round(table[year][c] * 100) for c in CURRENCIES], dtype=np.int64)


def mrr_by_subscription(company: Company, day: DayNumber) -> Ints:
    """USD minor units of MRR of every subscription at the day's rates.

    Each item is rounded to the minor unit, half to even, before summing. Only subscriptions that
    are active or past due carry any.
    """
    subs, items = company.subscriptions, company.items
    live = np.flatnonzero(items.removed_at < 0)
    owner = items.subscription[live]
    months = np.where(subs.interval[owner] == Interval.YEAR, 12, 1)
    rate = accounting_rates(company, day)[subs.currency[owner]]
    gross = items.unit_minor[live] * items.quantity[live] * (10_000 - subs.discount_bp[owner]) * rate
    each = divide_half_even(gross, 10_000 * 100 * months)
    paying = np.isin(subs.status, (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE))
    total = np.zeros(len(subs), dtype=np.int64)
    np.add.at(total, owner, each)
    return np.where(paying, total, 0)
