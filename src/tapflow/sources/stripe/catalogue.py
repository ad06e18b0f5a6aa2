"""Products, prices and coupons."""

from __future__ import annotations

from typing import Any

import numpy as np

from tapflow.business.company import Company
from tapflow.business.customers.pricing import unit_prices
from tapflow.business.customers.state import NEVER, Interval
from tapflow.business.day import Day
from tapflow.core.clock import SECONDS_PER_DAY
from tapflow.core.money import CURRENCIES
from tapflow.sources.stripe.ids import price_id, product_id
from tapflow.sources.stripe.shape import currency_codes, every, optional, texts

Log = dict[str, Any]
_FOUNDED_DAYS = 2_500  # before the first day: when the catalogue was made
ONE_OFF = 2  # in a price's id: billed once
INTERNAL = "INTERNAL"  # the coupon of our own test accounts


def products(company: Company, day: Day) -> Log | None:
    """All products, on the first day."""
    if day.number != company.first_day:
        return None
    listed = company.scenario.plans.products
    rows = np.arange(len(listed))
    created = np.full(len(rows), day.start_seconds - _FOUNDED_DAYS * SECONDS_PER_DAY)
    return {
        "id": product_id(rows),
        "object": every(len(rows), "product"),
        "created": created,
        "updated": created,
        "name": texts(p.name for p in listed),
        "active": np.full(len(rows), True),
        "description": every(len(rows), None),
        "type": texts("service" if p.recurring else "good" for p in listed),
        "unit_label": texts("tap" if p.recurring else "piece" for p in listed),
        "metadata": texts(f'{{"key":"{p.key}","product_line":"{p.line}"}}' for p in listed),
    }


def prices(company: Company, day: Day) -> Log | None:
    """Prices that are new today: all of them on the first day, raised ones on the day of a rise."""
    plans = company.scenario.plans
    recurring = [r for r, p in enumerate(plans.products) if p.recurring]
    product, interval, currency = (
        a.ravel()
        for a in np.meshgrid(recurring, [Interval.MONTH, Interval.YEAR], range(len(CURRENCIES)), indexing="ij")
    )
    unit = unit_prices(company, day.number, product, interval, currency)
    created = np.full(len(unit), day.start_seconds)
    if day.number == company.first_day:
        product, interval, currency, unit = (
            np.concatenate(pair) for pair in zip((product, interval, currency, unit), _one_offs(company), strict=True)
        )
        created = np.full(len(unit), day.start_seconds - _FOUNDED_DAYS * SECONDS_PER_DAY)
    else:
        new = unit != unit_prices(company, day.number - 1, product, interval, currency)
        product, interval, currency, unit, created = product[new], interval[new], currency[new], unit[new], created[new]
    return _prices(company, product, interval, currency, unit, created)


def _one_offs(company: Company) -> tuple[np.ndarray, ...]:
    plans = company.scenario.plans
    listed = (("hardware", plans.hardware_minor), ("installation", plans.installation_minor))
    rows = [
        (plans.product_row(key), ONE_OFF, c, int(np.rint(price * plans.currency_factor[code])))
        for key, price in listed
        for c, code in enumerate(CURRENCIES)
    ]
    return tuple(np.array(part, dtype=np.int64) for part in zip(*rows, strict=True))


def _prices(company: Company, product: Any, interval: Any, currency: Any, unit: Any, created: Any) -> Log:
    once = interval == ONE_OFF
    names = [p.name for p in company.scenario.plans.products]
    word = ("month", "year", "once")
    return {
        "id": price_id(product, interval, currency, unit),
        "object": every(len(unit), "price"),
        "created": created,
        "updated": created,
        "product": product_id(product),
        "active": np.full(len(unit), True),
        "billing_scheme": every(len(unit), "per_unit"),
        "currency": currency_codes(currency),
        "nickname": texts(f"{names[p]}, {word[i]}" for p, i in zip(product, interval, strict=True)),
        "recurring": optional(texts(f'{{"interval":"{word[i]}","interval_count":1}}' for i in interval), ~once),
        "type": np.where(once, "one_time", "recurring").astype(object),
        "unit_amount": unit,
        "unit_amount_decimal": texts(str(u) for u in unit),
        "metadata": every(len(unit), "{}"),
    }


def coupon_ids(company: Company, subscriptions: np.ndarray, discount_bp: np.ndarray) -> np.ndarray:
    """The coupon on each subscription: a published one, a negotiated one, ours for tests; null without discount."""
    ends = company.subscriptions.discount_end_day[subscriptions] != NEVER
    test = company.accounts.is_test[company.subscriptions.account[subscriptions]]
    published = {c.discount_bp: c.key for c in company.scenario.plans.coupons}
    return texts(
        INTERNAL if t else None if not b else published.get(b, f"DEAL{b}") if e else f"DEAL{b}"
        for b, e, t in zip(discount_bp.tolist(), ends.tolist(), test.tolist(), strict=True)
    )


def coupons(company: Company, day: Day) -> Log | None:
    """Coupons: published ones on the first day, negotiated ones when a subscription first shows them."""
    started = day.fact("subscription_started")
    rows = np.zeros(0, dtype=np.int64) if started is None else np.asarray(started["subscription"], dtype=np.int64)
    found = {
        key: bp / 100
        for key, bp in zip(
            coupon_ids(company, rows, company.subscriptions.discount_bp[rows]),
            company.subscriptions.discount_bp[rows].tolist(),
            strict=True,
        )
        if key is not None and key.startswith("DEAL")
    }
    months: dict[str, int | None] = {}
    if day.number == company.first_day:
        found |= {c.key: c.discount_bp / 100 for c in company.scenario.plans.coupons} | {INTERNAL: 100.0}
        months = {c.key: c.months for c in company.scenario.plans.coupons}
    keys = sorted(found)
    created = np.full(len(keys), day.start_seconds)
    return {
        "id": texts(keys),
        "object": every(len(keys), "coupon"),
        "created": created,
        "updated": created,
        "name": texts(f"{found[k]:g}% off" for k in keys),
        "percent_off": np.array([found[k] for k in keys], dtype=np.float64),
        "duration": texts("repeating" if months.get(k) else "forever" for k in keys),
        "duration_in_months": texts(months.get(k) for k in keys),
        "valid": np.full(len(keys), True),
        "metadata": every(len(keys), "{}"),
    }
