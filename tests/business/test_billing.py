"""Billing: periods, prorations, invoices, dunning, recognition, and that its parts agree to the cent."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.business.living import step_money as step

from tapflow.business.billing.calendar import add_months, boundary, periods_before
from tapflow.business.billing.cycles import Due, prorate
from tapflow.business.billing.ledger import receivables
from tapflow.business.billing.recognition import recognised_through
from tapflow.business.billing.state import NEVER, Billing, InvoiceStatus, LineKind
from tapflow.business.company import Company
from tapflow.business.customers.state import Cause, SubscriptionStatus
from tapflow.business.day import Day
from tapflow.business.scenario.load import load_scenario
from tapflow.core.clock import day_number

FIRST = day_number(dt.date(2025, 12, 1))
DAYS = 70


class Run:
    """A company's days with what they told, and stocks after each."""

    def __init__(self) -> None:
        # Many failures, refunds and disputes, so that a short run of a small company shows them all.
        overrides = {
            "size": {"accounts": 150, "locations": 225, "devices": 300},
            "billing": {
                "collection": {"first_failure": 0.12},
                "refunds": {"chance": 0.2, "open_credit": 0.3},
                "disputes": {"chance": 0.05, "lag_days_mean": 5, "decided_days": [3, 9]},
            },
        }
        self.company = Company(load_scenario("tiny", overrides), 3, FIRST)
        self.days: list[Day] = []
        self.receivable: list[int] = []
        self.deferred: list[int] = []
        self.sizes: list[int] = []
        self.billing = self.company.part(Billing)
        for _ in range(DAYS):
            day = step(self.company)
            self.days.append(day)
            invoices, schedule = self.billing.invoices, self.billing.schedule
            opened = invoices.status == InvoiceStatus.OPEN
            self.receivable.append(int((invoices.total_usd_minor - invoices.credited_usd_minor)[opened].sum()))
            self.deferred.append(int((schedule.usd_minor - recognised_through(schedule, day.number)).sum()))
            self.sizes.append(len(invoices))

    def told(self, table: str, column: str, **where: object) -> np.ndarray:
        """A column of a ledger table over all days, of the rows that are as asked."""
        parts = []
        for day in self.days:
            rows = day.ledger().get(table)
            if rows is not None:
                keep = np.ones(len(rows[column]), dtype=bool)
                for name, value in where.items():
                    keep &= rows[name] == value
                parts.append(rows[column][keep])
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


@pytest.fixture(scope="module")
def run() -> Run:
    return Run()


@given(day=st.integers(10_000, 30_000), months=st.integers(0, 60))
def test_a_month_later_is_the_same_day_or_the_months_last(day: int, months: int) -> None:
    before = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    after = dt.date(1970, 1, 1) + dt.timedelta(days=int(add_months(day, months)))
    assert (after.year * 12 + after.month) - (before.year * 12 + before.month) == months
    next_is_new_month = (after + dt.timedelta(days=1)).day == 1
    assert after.day == before.day or (after.day < before.day and next_is_new_month)


@given(anchor=st.integers(1_000_000_000, 1_700_000_000), months=st.sampled_from([1, 12]), later=st.integers(1, 10**8))
def test_the_running_period_holds_the_instant(anchor: int, months: int, later: int) -> None:
    instant = anchor + later
    count = periods_before(np.array([anchor]), np.array([months]), instant)
    assert boundary([anchor], [months], count)[0] < instant
    assert boundary([anchor], [months], count + 1)[0] >= instant


@settings(max_examples=200)
@given(
    amounts=st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=8),
    length=st.integers(1, 400),
    late=st.integers(0, 40),
)
def test_recognition_parts_sum_to_the_line(amounts: list[int], length: int, late: int) -> None:
    billing = Billing()
    billing.schedule.append(
        product=0, currency=0, usd_minor=amounts, start_day=100, end_day=100 + length, from_day=100 + late
    )
    steps = [recognised_through(billing.schedule, d) for d in range(99, 100 + length + late + 1)]
    parts = np.diff(np.array(steps), axis=0)
    assert (steps[0] == 0).all()
    assert parts.sum(axis=0).tolist() == amounts
    if late == 0:
        assert (np.abs(parts[:length] - np.array(amounts) / length) <= 1).all()


def test_what_customers_owe_is_billed_less_credited_paid_and_written_off(run: Run) -> None:
    billed = run.told("invoice", "amount_usd_minor", is_opening=False).sum()
    credited = run.told("credit_note", "amount_usd_minor", after_payment=False).sum()
    stock = np.array(run.receivable)
    told = [
        int(d.ledger()["receivable_day"]["amount_usd_minor"].sum()) for d in run.days if "receivable_day" in d.ledger()
    ]
    assert stock[stock > 0].tolist() == told
    assert billed > 0
    assert credited > 0


def test_recognised_and_deferred_are_all_that_was_billed(run: Run) -> None:
    first = run.days[0].ledger()["recognised_revenue"]
    opening = int((first["recognised_usd_minor"] + first["deferred_usd_minor"]).sum())
    same_day = run.days[0].ledger()["invoice_line"]
    opening -= int(same_day["amount_usd_minor"][~same_day["is_opening"]].sum())
    billed = int(run.told("invoice_line", "amount_usd_minor", is_opening=False).sum())
    recognised = int(run.told("recognised_revenue", "recognised_usd_minor").sum())
    assert opening + billed == recognised + run.deferred[-1]


def test_lines_sum_to_their_invoices(run: Run) -> None:
    lines: dict[int, int] = {}
    for number, amount in zip(
        run.told("invoice_line", "invoice"), run.told("invoice_line", "amount_minor"), strict=True
    ):
        lines[int(number)] = lines.get(int(number), 0) + int(amount)
    totals = dict(
        zip(run.told("invoice", "invoice").tolist(), run.told("invoice", "amount_minor").tolist(), strict=True)
    )
    assert totals == lines
    assert min(totals.values()) > 0


def test_an_account_gets_one_invoice_a_day_at_most(run: Run) -> None:
    for day in run.days[1:]:
        rows = day.ledger().get("invoice")
        if rows is not None:
            assert len(np.unique(rows["account"])) == len(rows["account"])


def test_an_invoice_is_paid_once_and_no_more_is_refunded_than_was_paid(run: Run) -> None:
    paid = run.told("payment_attempt", "invoice", succeeded=True)
    assert len(np.unique(paid)) == len(paid)
    amount = dict(zip(paid.tolist(), run.told("payment_attempt", "amount_minor", succeeded=True).tolist(), strict=True))
    back: dict[int, int] = {}
    for invoice, value in zip(
        run.told("refund", "invoice").tolist(), run.told("refund", "amount_minor").tolist(), strict=True
    ):
        back[invoice] = back.get(invoice, 0) + value
    seen = [i for i in back if i in amount]
    assert seen
    assert all(0 < back[i] <= amount[i] for i in seen)


def test_some_refunds_fall_in_a_later_month(run: Run) -> None:
    paid_at = dict(
        zip(
            run.told("payment_attempt", "invoice", succeeded=True).tolist(),
            run.told("payment_attempt", "at", succeeded=True).tolist(),
            strict=True,
        )
    )
    months = [
        (np.datetime64(at, "us").astype("M8[M]") - np.datetime64(paid_at[i], "us").astype("M8[M]")).astype(int)
        for i, at in zip(run.told("refund", "invoice").tolist(), run.told("refund", "at").tolist(), strict=True)
        if i in paid_at
    ]
    assert max(months) >= 1


def test_dunning_retries_on_its_days_then_ends_the_subscription(run: Run) -> None:
    parameters = run.company.scenario.billing.collection
    tries: dict[int, list[int]] = {}
    for invoice, at, ok in zip(
        run.told("payment_attempt", "invoice").tolist(),
        (run.told("payment_attempt", "at") // 86_400_000_000).tolist(),
        run.told("payment_attempt", "succeeded").tolist(),
        strict=True,
    ):
        tries.setdefault(invoice, []).append(at if not ok else -at)
    failed = [days for days in tries.values() if days[0] > 0]
    plain = [[abs(d) - days[0] for d in days[1:]] for days in failed]
    allowed = set(parameters.retry_days) | set(range(max(parameters.retry_days) + 30))
    assert failed
    assert all(set(gaps) <= allowed for gaps in plain)
    unpaid = [
        s
        for day in run.days
        if (rows := day.fact("subscription_ended")) is not None
        for s, cause in zip(rows["subscription"], rows["cause"], strict=True)
        if cause == Cause.UNPAID
    ]
    assert unpaid
    assert (run.company.subscriptions.status[unpaid] == SubscriptionStatus.CANCELED).all()
    invoices = run.billing.invoices
    assert not np.isin(invoices.subscription[invoices.status == InvoiceStatus.OPEN], unpaid).any()


def test_a_failing_payment_makes_a_subscription_past_due_and_signals_it(run: Run) -> None:
    invoices, company = run.billing.invoices, run.company
    failing = (invoices.status == InvoiceStatus.OPEN) & (invoices.first_failed_at >= 0)
    accounts = invoices.account[failing]
    assert len(accounts)
    assert company.accounts.signal_payment_failing[accounts].all()
    assert company.accounts.signal_payment_failing.sum() == len(np.unique(accounts))
    past_due = np.flatnonzero(company.subscriptions.status == SubscriptionStatus.PAST_DUE)
    assert np.isin(company.subscriptions.account[past_due], accounts).all()


def test_memory_is_bounded(run: Run) -> None:
    assert max(run.sizes[1:]) < 0.6 * len(run.told("invoice", "invoice"))
    assert len(run.billing.schedule) < 4 * len(run.company.accounts)


def test_test_accounts_are_never_billed() -> None:
    company = Company(load_scenario("tiny", {"customers": {"mess": {"test_accounts": 0.5}}}), 4, FIRST)
    for _ in range(30):
        day = step(company)
        for table in ("invoice", "payment_attempt"):
            rows = day.ledger().get(table)
            assert rows is None or not company.accounts.is_test[rows["account"]].any()
    assert company.accounts.is_test.any()


def test_an_outage_fails_attempts_that_then_succeed() -> None:
    outage = {"kind": "payment_outage", "first_day": 5, "last_day": 6, "target": "", "effect": 0.2}
    company = Company(load_scenario("tiny", {"incidents": {"scheduled": [outage]}}), 5, FIRST)
    failed: list[int] = []
    for _ in range(14):
        rows = step(company).ledger().get("payment_attempt")
        failed.append(0 if rows is None else int((rows["decline"] == "processing_error").sum()))
    assert sum(failed[5:7]) > 0
    assert sum(failed[5:7]) > sum(failed[:5])
    assert sum(failed[9:]) <= sum(failed[5:7])


def test_a_change_is_prorated_for_the_rest_of_the_period() -> None:
    company = Company(load_scenario("tiny"), 6, FIRST)
    step(company)
    billing, items = company.part(Billing), company.items
    monthly = (company.subscriptions.interval == 0) & billing.cycles.live & (company.subscriptions.discount_bp == 0)
    item = int(np.flatnonzero(monthly[items.subscription])[0])
    subscription = int(items.subscription[item])
    start, end = int(billing.cycles.start_at[subscription]), int(billing.cycles.end_at[subscription])
    at = end - (end - start) // 4
    day = Day(at // 86_400, company.chance(at // 86_400))
    day.emit(
        "item_changed",
        item=[item],
        at=[at],
        quantity_before=2,
        quantity_after=5,
        unit_before_minor=1000,
        unit_after_minor=1000,
    )
    before = len(billing.pending)
    prorate(company, day, Due(np.zeros(0, np.int64), np.zeros(0, np.int64)))
    added = billing.pending.amount_minor[before:].tolist()
    assert added == [-500, 1250]
    assert (billing.pending.kind[before:] == LineKind.PRORATION).all()
    assert billing.pending.end_at[before:].tolist() == [end, end]


def test_receivables_age_from_the_day_they_are_due() -> None:
    billing = Billing()
    today = Day(20_000, Company(load_scenario("tiny"), 1, 20_000).chance(20_000))
    due = [20_005, 20_000, 19_999, 19_970, 19_969, 19_900]
    billing.invoices.append(
        number=np.arange(6) + 1, due_at=np.array(due) * 86_400, total_usd_minor=[1, 2, 4, 8, 16, 32], closed_at=-1,
        refund_day=NEVER,
    )  # fmt: skip
    _, bucket, amount = receivables(billing.invoices, today)
    assert dict(zip(bucket.tolist(), amount.tolist(), strict=True)) == {0: 3, 1: 12, 2: 16, 4: 32}
