"""Stripe's log: ids that agree, JSON that parses, and versions from which MRR follows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from tests.business.living import step_money

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.scenario.load import load_scenario
from tapflow.core.clock import day_number
from tapflow.sources import stripe
from tapflow.sources.logs import table_of

FIRST = day_number(dt.date(2025, 12, 20))
DAYS = 40
_JSON = {f.name for o in stripe.OBJECTS for f in o.fields if f.type.value == "json"}
_BY_NAME = {o.name: o for o in stripe.OBJECTS}
Record = dict[str, Any]


class Logs:
    """Records of a small company's days, JSON parsed."""

    def __init__(self) -> None:
        overrides = {
            "size": {"accounts": 120, "locations": 180, "devices": 260},
            "billing": {
                "collection": {"first_failure": 0.1},
                "refunds": {"chance": 0.15, "open_credit": 0.3, "lag_days_mean": 5},
                "disputes": {"chance": 0.05, "lag_days_mean": 4, "decided_days": [2, 6]},
            },
        }
        self.company = Company(load_scenario("tiny", overrides), 2, FIRST)
        self.days: list[tuple[Day, dict[str, list[Record]]]] = []
        for _ in range(DAYS):
            day = step_money(self.company)
            logs = stripe.records(self.company, day)
            self.days.append((day, {name: _records(name, columns) for name, columns in logs.items()}))

    def all(self, name: str) -> Iterator[Record]:
        """Every record of an object, in the order of the days."""
        for _, logs in self.days:
            yield from logs.get(name, [])

    def newest(self, name: str) -> dict[str, Record]:
        """The newest version of each."""
        return {record["id"]: record for record in self.all(name)}


def _records(name: str, columns: dict[str, Any]) -> list[Record]:
    rows: list[Record] = table_of(_BY_NAME[name], columns).to_pylist()
    for row in rows:
        for key in _JSON & set(row):
            row[key] = orjson.loads(row[key]) if row[key] is not None else None
    return rows


@pytest.fixture(scope="module")
def logs() -> Logs:
    return Logs()


def test_every_object_is_shown(logs: Logs) -> None:
    assert {name for _, day in logs.days for name in day} == set(_BY_NAME)


def test_a_days_log_holds_one_version_of_each(logs: Logs) -> None:
    for day, found in logs.days[1:]:
        for name, records in found.items():
            assert max(Counter(r["id"] for r in records).values()) == 1, name
            moment = "created" if name in ("events", "balance_transactions") else "updated"
            assert all(day.start_seconds <= r[moment] < day.end_seconds for r in records), name


def test_ids_refer_to_what_is_there(logs: Logs) -> None:
    known = {name: set(logs.newest(name)) for name in _BY_NAME}
    refers = {
        ("subscriptions", "customer"): "customers",
        ("invoices", "customer"): "customers",
        ("invoices", "subscription"): "subscriptions",
        ("charges", "invoice"): "invoices",
        ("charges", "balance_transaction"): "balance_transactions",
        ("charges", "payment_intent"): "payment_intents",
        ("refunds", "charge"): "charges",
        ("refunds", "balance_transaction"): "balance_transactions",
        ("credit_notes", "invoice"): "invoices",
        ("credit_notes", "refund"): "refunds",
        ("disputes", "charge"): "charges",
        ("prices", "product"): "products",
    }
    for (name, field), target in refers.items():
        missing = {r[field] for r in logs.all(name) if r[field] is not None} - known[target]
        assert not missing, (name, field, sorted(missing)[:3])
    prices = {i["price"]["id"] for s in logs.all("subscriptions") for i in s["items"]["data"]}
    prices |= {line["price"]["id"] for i in logs.all("invoices") for line in i["lines"]["data"]}
    assert prices <= known["prices"]
    coupons = {s["discount"]["coupon"]["id"] for s in logs.all("subscriptions") if s["discount"]}
    assert coupons <= known["coupons"]


def test_lines_sum_to_their_invoice(logs: Logs) -> None:
    for invoice in logs.all("invoices"):
        lines = invoice["lines"]["data"]
        assert len(lines) == invoice["lines"]["total_count"]
        assert sum(line["amount"] for line in lines) == invoice["subtotal"]
        discount = sum(d["amount"] for line in lines for d in line["discount_amounts"])
        assert invoice["subtotal"] - discount == invoice["total"] == invoice["amount_due"]
        rest = invoice["total"] - invoice["pre_payment_credit_notes_amount"]
        assert invoice["amount_paid"] + invoice["amount_remaining"] == rest


def test_mrr_of_every_day_follows_from_the_versions(logs: Logs) -> None:
    rates = logs.company.scenario.plans.accounting_rate
    newest: dict[str, Record] = {}
    moved = 0
    for day, found in logs.days:
        for record in found.get("subscriptions", []):
            newest[record["id"]] = record
        year = (dt.date(1970, 1, 1) + dt.timedelta(days=day.number)).year
        total = sum(_mrr(s, round(rates[year][s["currency"].upper()] * 100)) for s in newest.values())
        told = day.ledger().get("mrr_movement")
        if told is not None:
            moved += int(told["amount_usd_minor"][~told["is_test"]].sum())
        assert total == moved


def _mrr(subscription: Record, cents: int) -> int:
    if subscription["status"] not in ("active", "past_due"):
        return 0
    discount = subscription["discount"]
    off = round(discount["coupon"]["percent_off"] * 100) if discount else 0
    total = 0
    for item in subscription["items"]["data"]:
        months = 12 if item["price"]["recurring"]["interval"] == "year" else 1
        above = item["price"]["unit_amount"] * item["quantity"] * (10_000 - off) * cents
        whole, rest = divmod(above, 1_000_000 * months)
        half = 2 * rest - 1_000_000 * months
        total += whole + (half > 0 or (half == 0 and whole % 2 == 1))
    return total


def test_the_balance_is_what_is_not_yet_paid_out(logs: Logs) -> None:
    moved = list(logs.all("balance_transactions"))
    assert {t["type"] for t in moved} == {"charge", "refund", "adjustment", "payout"}
    assert all(t["net"] == t["amount"] - t["fee"] for t in moved)
    # What became available by a day's end has left by payouts, or is owed to the processor.
    for day, _ in logs.days:
        known = [t for t in moved if t["created"] < day.end_seconds]
        available = sum(t["net"] for t in known if t["available_on"] < day.end_seconds)
        assert available <= 0, day.number
        waiting = sum(t["net"] for t in known if t["available_on"] >= day.end_seconds)
    assert available == 0 and waiting > 0


def test_events_hold_the_steps(logs: Logs) -> None:
    kinds = Counter(e["type"] for e in logs.all("events"))
    assert {
        "customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted",
        "invoice.finalized", "invoice.paid", "charge.succeeded", "charge.failed", "charge.refunded",
        "credit_note.created", "charge.dispute.created",
    } <= set(kinds)  # fmt: skip
    finalized = sum(
        1 for i in logs.newest("invoices").values() if i["status_transitions"]["finalized_at"] >= FIRST * 86_400
    )
    assert kinds["invoice.finalized"] == finalized
    assert len({e["id"] for e in logs.all("events")}) == sum(kinds.values())


def test_a_share_of_payers_lacks_the_account_id(logs: Logs) -> None:
    payers = logs.newest("customers").values()
    with_id = [p["metadata"].get("account_id") for p in payers]
    assert 0 < sum(i is None for i in with_id) < 0.15 * len(with_id)
    known = [i for i in with_id if i]
    assert len(set(known)) == len(known)
