"""Payers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tapflow.business import names
from tapflow.business.billing.mess import without_account_id
from tapflow.business.company import Company
from tapflow.business.customers.state import Role
from tapflow.business.day import Day
from tapflow.sources.app.ids import key
from tapflow.sources.stripe.ids import customer_id
from tapflow.sources.stripe.shape import currency_codes, every, texts

Log = dict[str, Any]


def customers(company: Company, day: Day) -> Log | None:
    """Customers that were made, whose account changed, or whose debts did."""
    found, at = changed(company, day)
    if len(found) == 0:
        return None
    book, regions = company.accounts, company.scenario.customers.regions
    first = first_billed_at(company)[found]
    lost = without_account_id(company, found)
    plain = names.account_names(company, found)
    countries = [r.country for r in regions]
    return {
        "id": customer_id(found),
        "object": every(len(found), "customer"),
        "created": first,
        "updated": np.maximum(at, first),
        "name": names.variants(company, plain, found, "stripe"),
        "email": owner_emails(company, found),
        "address": texts(f'{{"country":"{countries[c]}"}}' for c in book.country[found]),
        "balance": np.zeros(len(found), dtype=np.int64),
        "currency": currency_codes(book.currency[found]),
        "delinquent": book.signal_payment_failing[found].copy(),
        "description": every(len(found), None),
        "tax_exempt": every(len(found), "none"),
        "metadata": texts(
            "{}" if gone else f'{{"account_id":"{k}"}}' for k, gone in zip(key(found), lost, strict=True)
        ),
    }


def first_billed_at(company: Company) -> np.ndarray:
    """When each account first subscribed, -1 if never."""
    first = np.full(len(company.accounts), -1, dtype=np.int64)
    subscriptions = company.subscriptions
    first[subscriptions.account[::-1]] = subscriptions.created_at[::-1]
    return first


def changed(company: Company, day: Day) -> tuple[np.ndarray, np.ndarray]:
    """Accounts with a customer of which something changed today, and the instant of its last change."""
    at = np.full(len(company.accounts), -1, dtype=np.int64)
    for fact, column in (
        ("account_changed", "account"),
        ("subscription_started", "subscription"),
        ("subscription_status", "subscription"),
    ):
        rows = day.fact(fact)
        if rows is not None:
            who = np.asarray(rows[column], dtype=np.int64)
            who = who if column == "account" else company.subscriptions.account[who]
            np.maximum.at(at, who, np.asarray(rows["at"], dtype=np.int64))
    found = np.flatnonzero((at >= 0) & (first_billed_at(company) >= 0))
    return found, at[found]


def owner_emails(company: Company, accounts: np.ndarray) -> np.ndarray:
    """E-mail of each account's first owner; null if it has none."""
    users = company.users
    owners = np.flatnonzero((users.role == Role.OWNER) & (users.account >= 0))[::-1]
    owner = np.full(len(company.accounts), -1, dtype=np.int64)
    owner[users.account[owners]] = owners
    chosen = owner[accounts]
    emails = every(len(accounts), None)
    there = chosen >= 0
    emails[there] = names.user_emails(company, chosen[there])
    return emails
