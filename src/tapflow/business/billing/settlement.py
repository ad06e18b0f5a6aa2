"""The processor's balance: what each charge, refund and dispute leaves in USD, and the payouts to the bank."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.billing.aftermath import LOST, OPEN, WON, charge_rows, today
from tapflow.business.billing.state import Billing, TxnType, rows_of
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.core.money import CURRENCIES, divide_half_even

Ints = NDArray[np.int64]
_BP = 10_000
_PAYOUT_SECONDS = 7_200  # after midnight


def settle(company: Company, day: Day) -> None:
    """Emit today's `balance_transaction`s: USD amounts, fees, and when the money is paid out."""
    _charges(company, day)
    _refunds(company, day)
    _disputes(company, day)
    _pay_out(company, day)


def _charges(company: Company, day: Day) -> None:
    billing = company.part(Billing)
    charges, invoices = billing.charges, billing.invoices
    rows = np.flatnonzero(charges.succeeded & (charges.at >= day.start_seconds) & (charges.amount_minor > 0))
    sent = invoices.sent[rows_of(invoices.number, charges.invoice[rows])]
    usd, currency = charges.usd_minor[rows], charges.currency[rows].astype(np.int64)
    _book(
        company,
        day,
        TxnType.CHARGE,
        charges.number[rows],
        charges.at[rows],
        currency,
        charges.amount_minor[rows],
        usd,
        fees(company, usd, currency, sent),
    )


def fees(company: Company, usd_minor: Ints, currency: Ints, sent: NDArray[np.bool_]) -> Ints:
    """The processor's fee for a charge, USD minor units."""
    parameters = company.scenario.billing.fees
    foreign = currency != CURRENCIES.index("USD")
    card = (
        divide_half_even(usd_minor * (parameters.card_bp + parameters.exchange_bp * foreign), _BP)
        + parameters.card_fixed_minor
    )
    transfer = np.minimum(divide_half_even(usd_minor * parameters.transfer_bp, _BP), parameters.transfer_most_minor)
    return np.where(sent, transfer, card)


def _refunds(company: Company, day: Day) -> None:
    made = day.fact("refund")
    if made is None:
        return
    none = np.zeros(len(made["number"]), dtype=np.int64)
    _book(
        company,
        day,
        TxnType.REFUND,
        made["number"],
        made["at"],
        made["currency"].astype(np.int64),
        -made["amount_minor"],
        -made["usd_minor"],
        none,
    )


def _disputes(company: Company, day: Day) -> None:
    disputes = company.part(Billing).disputes
    rows = today(disputes.updated_at, day)
    fee = company.scenario.billing.disputes.fee_minor
    for status, kind, sign in ((OPEN, TxnType.DISPUTE, -1), (WON, TxnType.DISPUTE_WON, 1)):
        some = rows[disputes.status[rows] == status]
        cost = np.full(len(some), fee if status == OPEN else 0, dtype=np.int64)
        _book(
            company, day, kind, disputes.number[some], disputes.updated_at[some],
            disputes.currency[some].astype(np.int64), sign * disputes.amount_minor[some],
            sign * disputes.usd_minor[some], cost,
        )  # fmt: skip


def _book(
    company: Company,
    day: Day,
    kind: TxnType,
    source: Ints,
    at: Ints,
    currency: Ints,
    amount: Ints,
    usd: Ints,
    fee: Ints,
) -> None:
    """Book movements of the balance; amounts are signed, the fee is always taken."""
    if len(source) == 0:
        return
    billing = company.part(Billing)
    ready = day.number + company.scenario.billing.fees.payout_days
    billing.unsettled[ready] = billing.unsettled.get(ready, 0) + int((usd - fee).sum())
    day.emit(
        "balance_transaction", number=billing.numbers("transaction", len(source)), kind=np.full(len(source), kind),
        source=source, at=at, currency=currency, amount_minor=amount, usd_minor=usd, fee_usd_minor=fee,
        available_day=ready,
    )  # fmt: skip


def _pay_out(company: Company, day: Day) -> None:
    """Pay to the bank what has become available; what is negative waits for tomorrow's money."""
    billing = company.part(Billing)
    ready = sum(billing.unsettled.pop(d) for d in sorted(billing.unsettled) if d <= day.number)
    if ready <= 0:
        billing.unsettled[day.number + 1] = billing.unsettled.get(day.number + 1, 0) + ready
        return
    number = billing.numbers("payout", 1)
    day.emit(
        "balance_transaction", number=billing.numbers("transaction", 1), kind=np.array([TxnType.PAYOUT]), source=number,
        at=np.array([day.start_seconds + _PAYOUT_SECONDS]), currency=0, amount_minor=-ready, usd_minor=-ready,
        fee_usd_minor=0, available_day=day.number,
    )  # fmt: skip
    day.emit("payout", number=number, at=day.start_seconds + _PAYOUT_SECONDS, usd_minor=ready)


def lost_today(company: Company, day: Day) -> Ints:
    """Rows of the disputes that were lost today."""
    disputes = company.part(Billing).disputes
    rows = today(disputes.updated_at, day)
    return rows[disputes.status[rows] == LOST]


__all__ = ["charge_rows", "fees", "lost_today", "settle"]
