"""Exchange rates: the market's, a day each, and conversion to USD. Rates are whole millionths of a USD a unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.billing.state import Billing
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.core.clock import day_date
from tapflow.core.money import CURRENCIES, divide_half_even

Ints = NDArray[np.int64]
PPM = 1_000_000


def accounting_ppm(company: Company, day: int) -> Ints:
    """The calendar year's fixed rates, a currency each."""
    rates = company.scenario.plans.accounting_rate
    year = min(max(day_date(day).year, min(rates)), max(rates))
    return np.array([round(rates[year][c] * PPM) for c in CURRENCIES], dtype=np.int64)


def move_rates(company: Company, day: Day) -> None:
    """Today's market rates: yesterday's, pulled towards the accounting rate, and a step of chance."""
    billing, parameters = company.part(Billing), company.scenario.billing.exchange
    target = accounting_ppm(company, day.number)
    if len(billing.rate_ppm) == 0:
        billing.rate_ppm = target.copy()
    step = parameters.daily_sigma * day.chance.normal("billing/exchange", np.arange(len(CURRENCIES)))
    moved = billing.rate_ppm * (1 + step) + parameters.pull * (target - billing.rate_ppm)
    billing.rate_ppm = np.where(target == PPM, PPM, np.rint(moved)).astype(np.int64)
    rows = np.arange(1, len(CURRENCIES))
    day.emit("exchange_rate", currency=rows, rate_ppm=billing.rate_ppm[rows])


def to_usd(billing: Billing, amount_minor: ArrayLike, currency: ArrayLike) -> Ints:
    """Minor units of USD at today's market rate, half to even."""
    return divide_half_even(np.asarray(amount_minor, dtype=np.int64) * billing.rate_ppm[np.asarray(currency)], PPM)
