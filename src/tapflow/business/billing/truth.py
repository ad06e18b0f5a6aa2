"""Billing's part of the ledger."""

from __future__ import annotations

from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

_ACCOUNT = Column("account", Type.INT, "The account's number.")
_AT = Column("at", Type.TIMESTAMP, "When.")
_CURRENCY = Column("currency", Type.STRING, "Currency, ISO 4217.")
_AMOUNT = Column("amount_minor", Type.INT, "Amount in minor units of the currency.")
_USD = Column("amount_usd_minor", Type.INT, "The same in USD minor units, at the market rate of the day.")
_INVOICE = Column("invoice", Type.INT, "The invoice's number.")

TABLES = (
    TruthTable(
        "invoice",
        "one row per finalised invoice",
        "Invoices as they were finalised. Opening ones were finalised before the first day.",
        (
            _INVOICE,
            _ACCOUNT,
            Column("subscription", Type.INT, "The subscription's number, -1 if none."),
            Column("finalized_at", Type.TIMESTAMP, "When it was finalised."),
            _CURRENCY,
            Column("reason", Type.STRING, "create, cycle, update or manual."),
            _AMOUNT,
            _USD,
            Column("is_opening", Type.BOOL, "Finalised before the first simulated day."),
        ),
    ),
    TruthTable(
        "invoice_line",
        "one row per line of a finalised invoice",
        "What was billed, net of discount.",
        (
            _INVOICE,
            Column("line", Type.INT, "The line's number."),
            _ACCOUNT,
            Column("finalized_at", Type.TIMESTAMP, "When its invoice was finalised."),
            Column("product", Type.STRING, "Product."),
            Column("product_line", Type.STRING, "Product line."),
            Column("kind", Type.STRING, "recurring, proration or one_off."),
            _CURRENCY,
            _AMOUNT,
            _USD,
            Column("start_day", Type.DATE, "First day of service."),
            Column("end_day", Type.DATE, "Day after the last day of service."),
            Column("is_opening", Type.BOOL, "Billed before the first simulated day."),
        ),
    ),
    TruthTable(
        "payment_attempt",
        "one row per attempt to collect an invoice",
        "Attempts, and whether they succeeded.",
        (
            Column("charge", Type.INT, "The attempt's number."),
            _INVOICE,
            _ACCOUNT,
            _AT,
            _CURRENCY,
            Column("succeeded", Type.BOOL, "Whether the money came."),
            Column("decline", Type.STRING, "Why not; empty when it did."),
            _AMOUNT,
            Column("amount_usd_minor", Type.INT, "What came, in USD minor units at the market rate of the day."),
        ),
    ),
    TruthTable(
        "refund",
        "one row per refund",
        "Money given back.",
        (Column("refund", Type.INT, "The refund's number."), _INVOICE, _ACCOUNT, _AT, _CURRENCY, _AMOUNT, _USD),
    ),
    TruthTable(
        "credit_note",
        "one row per credit note",
        "Amounts credited: before payment at the invoice's rate, after it at the refund's.",
        (
            Column("credit_note", Type.INT, "The credit note's number."),
            _INVOICE,
            _ACCOUNT,
            _AT,
            _CURRENCY,
            _AMOUNT,
            _USD,
            Column("after_payment", Type.BOOL, "Given with a refund."),
        ),
    ),
    TruthTable(
        "dispute",
        "one row per dispute and day on which it was opened or decided",
        "Disputed charges.",
        (
            Column("dispute", Type.INT, "The dispute's number."),
            _ACCOUNT,
            _AT,
            Column("status", Type.STRING, "open, lost or won."),
            _CURRENCY,
            _AMOUNT,
            _USD,
        ),
    ),
    TruthTable(
        "recognised_revenue",
        "one row per day, product and currency",
        "Revenue recognised on the day, and what is left to recognise at its end.",
        (
            Column("day", Type.DATE, "The day."),
            Column("product", Type.STRING, "Product."),
            Column("product_line", Type.STRING, "Product line."),
            _CURRENCY,
            Column("recognised_usd_minor", Type.INT, "Recognised on the day, USD minor units."),
            Column("deferred_usd_minor", Type.INT, "Billed and not yet recognised at the day's end."),
        ),
    ),
    TruthTable(
        "receivable_day",
        "one row per day, currency and age",
        "Open invoice balances at the day's end.",
        (
            Column("day", Type.DATE, "The day."),
            _CURRENCY,
            Column("aging_bucket", Type.STRING, "Days past due: current, 1-30, 31-60, 61-90, 90+."),
            Column("amount_usd_minor", Type.INT, "Balance in USD minor units, at the rates of the invoices' days."),
        ),
    ),
)
