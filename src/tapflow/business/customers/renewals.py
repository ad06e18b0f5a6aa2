"""Renewals: the next year of a contract, prices that rose, discounts that end."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.customers.book import instants, tell_events
from tapflow.business.customers.periods import renews_on
from tapflow.business.customers.pricing import unit_prices
from tapflow.business.customers.state import NEVER, AccountStatus, SubscriptionStatus
from tapflow.business.customers.subscriptions import change_items, live_items
from tapflow.business.day import Day


def renew(company: Company, day: Day) -> None:
    """Contracts whose last day this is run on for a year; list prices follow at each renewal."""
    book = company.accounts
    due = np.flatnonzero((book.contract_end_day == day.number) & (book.status == AccountStatus.ACTIVE))
    if len(due):
        at = instants(day, "customers/renewed_at", due)
        book.contract_end_day[due] = day.number + 365
        day.emit("account_changed", account=due, at=at)
        tell_events(day, due, at, "renewed")
    _raise_prices(company, day)
    _end_discounts(company, day)


def _raise_prices(company: Company, day: Day) -> None:
    rises = [r for r in company.scenario.plans.price_rises if day.number - company.first_day >= r.day]
    if not rises:
        return
    subs = company.subscriptions
    running = np.isin(subs.status, (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE))
    rows = np.flatnonzero(running & renews_on(subs.anchor_day, subs.interval, day.number))
    items = live_items(company, rows)
    owner = company.items.subscription[items]
    unit = unit_prices(company, day.number, company.items.product[items], subs.interval[owner], subs.currency[owner])
    higher = unit > company.items.unit_minor[items]
    if higher.any():
        at = np.full(int(higher.sum()), day.start_seconds)
        change_items(company, day, items[higher], at, company.items.quantity[items[higher]].copy(), unit[higher])


def _end_discounts(company: Company, day: Day) -> None:
    subs = company.subscriptions
    ended = np.flatnonzero((subs.discount_end_day == day.number) & (subs.ended_day == NEVER))
    if len(ended) == 0:
        return
    at = np.full(len(ended), day.start_seconds)
    subs.discount_bp[ended] = 0
    subs.updated_at[ended] = np.maximum(subs.updated_at[ended], at)
    company.accounts.discount_bp[subs.account[ended]] = 0
    day.emit("subscription_changed", subscription=ended, at=at, kind=3)
