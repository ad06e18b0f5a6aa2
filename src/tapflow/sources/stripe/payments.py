"""Intents, charges, refunds, credit notes, disputes and the balance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.aftermath import OPEN, WON
from tapflow.business.billing.exchange import PPM
from tapflow.business.billing.state import Billing, InvoiceStatus, TxnType, rows_of
from tapflow.business.company import Company
from tapflow.business.day import Columns, Day
from tapflow.core.clock import SECONDS_PER_DAY
from tapflow.core.money import CURRENCIES
from tapflow.sources.stripe import ids
from tapflow.sources.stripe.invoices import newest_charges
from tapflow.sources.stripe.shape import currency_codes, every, optional, texts

Log = dict[str, Any]
Ints = NDArray[np.int64]
_MESSAGE = "Your card was declined."
_TXN = {
    TxnType.CHARGE: ("charge", "charge", ids.charge_id),
    TxnType.REFUND: ("refund", "refund", ids.refund_id),
    TxnType.DISPUTE: ("adjustment", "dispute", ids.dispute_id),
    TxnType.DISPUTE_WON: ("adjustment", "dispute_reversal", ids.dispute_id),
    TxnType.PAYOUT: ("payout", "payout", ids.payout_id),
}


def changed_charges(company: Company, day: Day) -> Ints:
    """Rows of charges that changed today; all on the first day."""
    charges = company.part(Billing).charges
    if day.number == company.first_day:
        return charges.rows
    return np.flatnonzero(charges.updated_at >= day.start_seconds)


def decline_codes(company: Company) -> np.ndarray:
    """Stripe's failure codes by number."""
    return np.array([d.code for d in company.scenario.billing.collection.declines], dtype=object)


def intents(company: Company, day: Day) -> Log | None:
    """Intents of the invoices that were tried today."""
    billing = company.part(Billing)
    tried = changed_charges(company, day)
    tried = tried[(billing.charges.at[tried] >= day.start_seconds) | (day.number == company.first_day)]
    number = np.unique(billing.charges.invoice[tried])
    row = rows_of(billing.invoices.number, number)
    t = billing.invoices
    newest = newest_charges(company, number)
    charge = rows_of(billing.charges.number, newest)
    amount, ok = billing.charges.amount_minor[charge], billing.charges.succeeded[charge]
    code = decline_codes(company)[billing.charges.decline[charge]]
    status = np.where(
        ok, "succeeded", np.where(t.status[row] == InvoiceStatus.UNCOLLECTIBLE, "canceled", "requires_payment_method")
    )
    return {
        "id": ids.payment_intent_id(number),
        "object": every(len(number), "payment_intent"),
        "created": t.finalized_at[row],
        "updated": billing.charges.at[charge],
        "customer": ids.customer_id(t.account[row]),
        "invoice": ids.invoice_id(number),
        "amount": amount,
        "amount_received": np.where(ok, amount, 0),
        "currency": currency_codes(t.currency[row]),
        "status": status.astype(object),
        "latest_charge": ids.charge_id(newest),
        "last_payment_error": optional(texts(f'{{"code":"card_declined","decline_code":"{c}"}}' for c in code), ~ok),
        "payment_method_types": np.where(t.sent[row], '["customer_balance"]', '["card"]').astype(object),
        "metadata": every(len(number), "{}"),
    }


def charges(company: Company, day: Day) -> Log | None:
    """Attempts of today, and older ones that were refunded or disputed."""
    billing = company.part(Billing)
    rows, t = changed_charges(company, day), billing.charges
    ok, amount = t.succeeded[rows], t.amount_minor[rows]
    code = decline_codes(company)[t.decline[rows]]
    invoice = np.searchsorted(billing.invoices.number, t.invoice[rows])
    known = np.minimum(invoice, max(len(billing.invoices) - 1, 0))
    there = billing.invoices.number[known] == t.invoice[rows] if len(billing.invoices) else np.zeros(len(rows), bool)
    sent = there & billing.invoices.sent[known] if len(billing.invoices) else there
    new = t.at[rows] >= day.start_seconds
    return {
        "id": ids.charge_id(t.number[rows]),
        "object": every(len(rows), "charge"),
        "created": t.at[rows],
        "updated": t.updated_at[rows],
        "customer": ids.customer_id(t.account[rows]),
        "invoice": ids.invoice_id(t.invoice[rows]),
        "payment_intent": ids.payment_intent_id(t.invoice[rows]),
        "balance_transaction": optional(
            ids.transaction_id("charge", t.number[rows]),
            ok & (amount > 0) & (new | (t.at[rows] >= company.first_day * SECONDS_PER_DAY)),
        ),
        "amount": amount,
        "amount_captured": np.where(ok, amount, 0),
        "amount_refunded": t.refunded_minor[rows],
        "currency": currency_codes(t.currency[rows]),
        "status": np.where(ok, "succeeded", "failed").astype(object),
        "paid": ok,
        "captured": ok,
        "refunded": ok & (t.refunded_minor[rows] >= amount) & (amount > 0),
        "disputed": t.disputed[rows].copy(),
        "failure_code": optional(code, ~ok),
        "failure_message": optional(every(len(rows), _MESSAGE), ~ok),
        "payment_method_details": np.where(sent, '{"type":"customer_balance"}', '{"type":"card"}').astype(object),
        "metadata": every(len(rows), "{}"),
    }


def refunds(company: Company, day: Day) -> Log | None:
    """Refunds of today."""
    r = day.fact("refund")
    if r is None:
        return None
    return {
        "id": ids.refund_id(r["number"]),
        "object": every(len(r["at"]), "refund"),
        "created": r["at"],
        "updated": r["at"],
        "charge": ids.charge_id(r["charge"]),
        "payment_intent": ids.payment_intent_id(r["invoice"]),
        "balance_transaction": ids.transaction_id("refund", r["number"]),
        "amount": r["amount_minor"],
        "currency": currency_codes(r["currency"]),
        "reason": every(len(r["at"]), "requested_by_customer"),
        "status": every(len(r["at"]), "succeeded"),
        "metadata": every(len(r["at"]), "{}"),
    }


def credit_notes(company: Company, day: Day) -> Log | None:
    """Credit notes of today."""
    r = day.fact("credit_note")
    if r is None:
        return None
    after = r["refund"] >= 0
    return {
        "id": ids.credit_note_id(r["number"]),
        "object": every(len(after), "credit_note"),
        "created": r["at"],
        "updated": r["at"],
        "customer": ids.customer_id(r["account"]),
        "invoice": ids.invoice_id(r["invoice"]),
        "refund": optional(ids.refund_id(r["refund"]), after),
        "amount": r["amount_minor"],
        "total": r["amount_minor"],
        "subtotal": r["amount_minor"],
        "currency": currency_codes(r["currency"]),
        "type": np.where(after, "post_payment", "pre_payment").astype(object),
        "reason": every(len(after), "product_unsatisfactory"),
        "status": every(len(after), "issued"),
        "number": texts(f"TF-CN-{n:06d}" for n in r["number"].tolist()),
        "metadata": every(len(after), "{}"),
    }


def disputes(company: Company, day: Day) -> Log | None:
    """Disputes that were opened or decided today."""
    billing = company.part(Billing)
    t = billing.disputes
    rows = np.flatnonzero(t.updated_at >= day.start_seconds)
    status = np.where(t.status[rows] == OPEN, "needs_response", np.where(t.status[rows] == WON, "won", "lost"))
    invoice = billing.charges.invoice[rows_of(billing.charges.number, t.charge[rows])]
    return {
        "id": ids.dispute_id(t.number[rows]),
        "object": every(len(rows), "dispute"),
        "created": t.opened_at[rows],
        "updated": t.updated_at[rows],
        "charge": ids.charge_id(t.charge[rows]),
        "payment_intent": ids.payment_intent_id(invoice),
        "amount": t.amount_minor[rows],
        "currency": currency_codes(t.currency[rows]),
        "reason": every(len(rows), "general"),
        "status": status.astype(object),
        "is_charge_refundable": np.full(len(rows), False),
        "metadata": every(len(rows), "{}"),
    }


def balance_transactions(company: Company, day: Day) -> Log | None:
    """Movements of the balance today."""
    r = day.fact("balance_transaction")
    if r is None:
        return None
    foreign = r["currency"] != CURRENCIES.index("USD")
    rate = company.part(Billing).rate_ppm[r["currency"].astype(np.int64)] / PPM
    payout = r["kind"] == TxnType.PAYOUT
    return {
        "id": transaction_ids(r),
        "object": every(len(foreign), "balance_transaction"),
        "created": r["at"],
        "amount": r["usd_minor"],
        "fee": r["fee_usd_minor"],
        "net": r["usd_minor"] - r["fee_usd_minor"],
        "currency": every(len(foreign), "usd"),
        "exchange_rate": optional(rate, foreign),
        "available_on": r["available_day"].astype(np.int64) * SECONDS_PER_DAY,
        "type": texts(_TXN[TxnType(k)][0] for k in r["kind"].tolist()),
        "reporting_category": texts(_TXN[TxnType(k)][1] for k in r["kind"].tolist()),
        "source": _sources(r),
        "status": np.where(payout, "available", "pending").astype(object),
        "description": every(len(foreign), None),
        "fee_details": texts(
            f'[{{"amount":{f},"currency":"usd","type":"stripe_fee"}}]' if f else "[]"
            for f in r["fee_usd_minor"].tolist()
        ),
    }


def transaction_ids(r: Columns) -> np.ndarray:
    """Ids of balance transactions by kind and source."""
    out = every(len(r["kind"]), None)
    for kind, (_, category, _) in _TXN.items():
        some = r["kind"] == kind
        out[some] = ids.transaction_id(category, r["source"][some])
    return out


def _sources(r: Columns) -> np.ndarray:
    out = every(len(r["kind"]), None)
    for kind, (_, _, spell) in _TXN.items():
        some = r["kind"] == kind
        out[some] = spell(r["source"][some])
    return out
