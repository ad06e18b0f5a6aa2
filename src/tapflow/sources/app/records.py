"""The product database's change log of a day."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.customers.state import (
    NEVER,
    AccountStatus,
    Cause,
    Channel,
    Industry,
    Interval,
    Role,
    SubscriptionStatus,
)
from tapflow.business.day import Columns, Day
from tapflow.core import ids
from tapflow.core.clock import SECONDS_PER_DAY
from tapflow.core.money import CURRENCIES
from tapflow.sources.app.changes import logged, newest
from tapflow.sources.app.devices_records import device_records
from tapflow.sources.app.ids import key

Log = dict[str, Any]


def records(company: Company, day: Day) -> dict[str, Log]:
    """The day's log of every table of the product database that changed."""
    makers = {
        "accounts": (_accounts, "account_changed", "account"),
        "locations": (_locations, "location_changed", "location"),
        "users": (_users, "user_changed", "user"),
        "memberships": (_memberships, "user_changed", "user"),
    }
    logs: dict[str, Log] = {}
    for name, (maker, fact, column) in makers.items():
        changed = day.fact(fact)
        if changed is not None:
            logs[name] = maker(company, *newest(changed[column], changed["at"]))
    logs |= _subscriptions(company, day) | _orders(company, day) | _steps(company, day)
    logs |= device_records(company, day)
    if day.number == company.first_day:
        logs["plans"] = _plans(company, day)
    return {name: log for name, log in logs.items() if len(log["op"])}


def words(kind: type[IntEnum]) -> NDArray[np.object_]:
    """The lower-case names of an enumeration, to be indexed by its numbers."""
    return np.array([member.name.lower() for member in kind], dtype=object)


def micros(seconds: ArrayLike, there: ArrayLike = True) -> pa.Array:
    """Epoch seconds as microsecond timestamps; null where `there` is false."""
    values = np.asarray(seconds, dtype=np.int64) * 1_000_000
    return pa.array(values, mask=~np.broadcast_to(np.asarray(there), values.shape)).view(pa.timestamp("us", tz="UTC"))


def _nullable(values: NDArray[np.object_], there: NDArray[np.bool_]) -> NDArray[np.object_]:
    return np.where(there, values, np.array(None, dtype=object))


def _accounts(company: Company, rows: NDArray[np.int64], at: NDArray[np.int64]) -> Log:
    book, regions = company.accounts, company.scenario.customers.regions
    order, log = logged(rows, at, book.created_at[rows])
    rows = rows[order]
    place = book.country[rows]
    gone = book.status[rows] == AccountStatus.CHURNED
    started = book.status[rows] != AccountStatus.EXPIRED
    told = words(Cause)[book.cause[rows]]
    return log | {
        "id": key(rows),
        "uuid": ids.uuid("app/account", rows),
        "name": names.account_names(company, rows),
        "domain": names.account_domains(company, rows),
        "phone": names.account_phones(company, rows),
        "industry": words(Industry)[book.industry[rows]],
        "country": np.array([r.country for r in regions], dtype=object)[place],
        "region": np.array([r.name for r in regions], dtype=object)[place],
        "timezone": np.array([r.zone for r in regions], dtype=object)[place],
        "currency": np.array(CURRENCIES, dtype=object)[book.currency[rows]],
        "status": words(AccountStatus)[book.status[rows]],
        "churn_reason": _nullable(told, gone),
        "plan": np.array([p.name.lower() for p in company.scenario.plans.plans], dtype=object)[book.plan[rows]],
        "billing_interval": words(Interval)[book.interval[rows]],
        "signup_source": words(Channel)[book.channel[rows]],
        "created_at": book.created_at[rows] * 1_000_000,
        "opened_on": book.opened_day[rows].astype(np.int32),
        "trial_ends_at": micros(
            book.trial_end_day[rows].astype(np.int64) * SECONDS_PER_DAY, (book.trial_end_day[rows] != NEVER) & started
        ),
        "activated_at": micros(
            np.maximum(book.onboarded_day[rows].astype(np.int64) * SECONDS_PER_DAY, book.created_at[rows]),
            book.onboarded_day[rows] != NEVER,
        ),
        "is_internal": book.is_test[rows].copy(),
    }


def _locations(company: Company, rows: NDArray[np.int64], at: NDArray[np.int64]) -> Log:
    table, regions = company.locations, company.scenario.customers.regions
    order, log = logged(rows, at, table.created_at[rows])
    rows = rows[order]
    place, account = table.region[rows], table.account[rows]
    region_names = np.array([r.name for r in regions], dtype=object)
    return log | {
        "id": key(rows),
        "account_id": key(account),
        "name": names.account_names(company, account) + " " + region_names[place],
        "country": np.array([r.country for r in regions], dtype=object)[place],
        "region": region_names[place],
        "timezone": np.array([r.zone for r in regions], dtype=object)[place],
        "latitude": table.latitude[rows],
        "longitude": table.longitude[rows],
        "taps": table.taps[rows],
        "created_at": table.created_at[rows] * 1_000_000,
        "closed_at": micros(table.updated_at[rows], table.closed_day[rows] != NEVER),
    }


def _users(company: Company, rows: NDArray[np.int64], at: NDArray[np.int64]) -> Log:
    table = company.users
    order, log = logged(rows, at, table.created_at[rows])
    rows = rows[order]
    return log | {
        "id": key(rows),
        "email": names.user_emails(company, rows),
        "first_name": names.given_names(company, rows),
        "last_name": names.family_names(company, rows),
        "created_at": table.created_at[rows] * 1_000_000,
        "deleted_at": micros(table.updated_at[rows], table.deleted_day[rows] != NEVER),
    }


def _memberships(company: Company, rows: NDArray[np.int64], at: NDArray[np.int64]) -> Log:
    table = company.users
    belongs = table.account[rows] >= 0
    rows, at = rows[belongs], at[belongs]
    order, log = logged(rows, at, table.created_at[rows], table.deleted_day[rows] != NEVER)
    rows = rows[order]
    home = table.location[rows]
    return log | {
        "id": key(rows),
        "user_id": key(rows),
        "account_id": key(table.account[rows]),
        "location_id": pa.array(key(home), mask=home < 0),
        "role": words(Role)[table.role[rows]],
        "created_at": table.created_at[rows] * 1_000_000,
    }


def _plans(company: Company, day: Day) -> Log:
    plans = company.scenario.plans.plans
    rows = np.arange(len(plans))
    _, log = logged(rows, np.full(len(plans), day.start_seconds), np.full(len(plans), day.start_seconds))
    return log | {
        "id": key(rows),
        "name": np.array([p.name.lower() for p in plans], dtype=object),
        "price_per_tap_cents": np.array([p.tap_month_minor for p in plans]),
        "seats_included": np.array([p.seats_included for p in plans]),
    }


def _subscriptions(company: Company, day: Day) -> dict[str, Log]:
    parts = [day.fact(f"subscription_{word}") for word in ("started", "changed", "paused", "resumed", "ended")]
    there: list[Columns] = [p for p in parts if p is not None]
    if not there:
        return {}
    rows, at = newest(np.concatenate([p["subscription"] for p in there]), np.concatenate([p["at"] for p in there]))
    table = company.subscriptions
    order, log = logged(rows, at, table.created_at[rows])
    rows = rows[order]
    plans = np.array([p.name.lower() for p in company.scenario.plans.plans], dtype=object)
    log |= {
        "id": key(rows),
        "account_id": key(table.account[rows]),
        "plan": plans[table.plan[rows]],
        "billing_interval": words(Interval)[table.interval[rows]],
        "status": words(SubscriptionStatus)[table.status[rows]],
        "stripe_subscription_id": ids.opaque("sub_1", "stripe/subscription", rows, 23),
        "started_at": table.started_at[rows] * 1_000_000,
        "ended_at": micros(table.ended_at[rows], table.ended_day[rows] != NEVER),
    }
    return {"subscriptions": log}


def _orders(company: Company, day: Day) -> dict[str, Log]:
    ordered = day.fact("one_off")
    if ordered is None:
        return {}
    places = np.arange(len(ordered["account"]))
    order, log = logged(places, ordered["at"], ordered["at"])
    keys = np.array([p.key for p in company.scenario.plans.products], dtype=object)
    log |= {
        "id": key(day.number * 100_000 + order),
        "account_id": key(ordered["account"][order]),
        "product": keys[ordered["product"][order]],
        "quantity": ordered["quantity"][order],
        "unit_price_cents": ordered["unit_minor"][order],
        "currency": np.array(CURRENCIES, dtype=object)[ordered["currency"][order]],
        "ordered_at": ordered["at"][order] * 1_000_000,
    }
    return {"orders": log}


def _steps(company: Company, day: Day) -> dict[str, Log]:
    finished = day.fact("onboarding_step")
    if finished is None:
        return {}
    steps = np.array(company.scenario.customers.onboarding_steps, dtype=object)
    rows = finished["account"] * len(steps) + finished["step"]
    order, log = logged(rows, finished["at"], finished["at"])
    log |= {
        "id": key(rows[order]),
        "account_id": key(finished["account"][order]),
        "step": steps[finished["step"][order]],
        "position": finished["step"][order] + 1,
        "completed_at": finished["at"][order] * 1_000_000,
    }
    return {"onboarding_steps": log}
