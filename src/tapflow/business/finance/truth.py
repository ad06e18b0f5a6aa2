"""Finance's part of the ledger."""

from __future__ import annotations

from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

_DAY = Column("day", Type.DATE, "The day.")
_ACCOUNT = Column("gl_account", Type.INT, "Number of the ledger account.")
_DEPARTMENT = Column("department", Type.STRING, "Department; empty if none.")

TABLES = (
    TruthTable(
        "journal_day",
        "one row per day, kind of entry, ledger account, department and product line",
        "What was booked, in USD minor units.",
        (
            _DAY,
            Column("kind", Type.STRING, "Kind of entry: invoices, recognition, payroll, ..."),
            _ACCOUNT,
            Column("account_type", Type.STRING, "Type of the ledger account."),
            _DEPARTMENT,
            Column("product_line", Type.STRING, "Product line; empty if none."),
            Column("debit_usd_minor", Type.INT, "Debit."),
            Column("credit_usd_minor", Type.INT, "Credit."),
        ),
    ),
    TruthTable(
        "cash_day",
        "one row per day",
        "Money in the bank at the day's end.",
        (_DAY, Column("balance_usd_minor", Type.INT, "USD minor units.")),
    ),
    TruthTable(
        "budget",
        "one row per month, ledger account and department",
        "Budgets, told when they are made.",
        (
            Column("month", Type.DATE, "First day of the month."),
            _ACCOUNT,
            _DEPARTMENT,
            Column("amount_usd_minor", Type.INT, "USD minor units."),
        ),
    ),
)
