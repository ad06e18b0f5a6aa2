"""What NetSuite shows: SuiteQL's tables of the books, declared once. Amounts are USD, in units with cents."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, Kind, Pii, SourceObject, Type

_MODIFIED = Field("lastmodifieddate", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at")
_INACTIVE = Field("isinactive", Type.STRING, "T or F.", staged="is_inactive", sql="isinactive = 'T'")


def _minor(name: str, staged: str, description: str) -> Field:
    """An amount in USD units, whole minor units in staging."""
    return Field(
        name,
        Type.FLOAT,
        description,
        staged=staged,
        sql=f"cast(round({name} * 100) as bigint)",
        pii=Pii.CONFIDENTIAL,
    )


def _segment(name: str, grain: str, description: str, key: str, word: str) -> SourceObject:
    return SourceObject(
        "netsuite",
        name,
        grain,
        description,
        (
            Field("id", Type.INT, "Internal id.", required=True, staged=key),
            Field("name", Type.STRING, "Its name.", required=True, staged=word),
            Field("fullname", Type.STRING, "Name with its parents.", staged=None),
            _INACTIVE,
            _MODIFIED,
        ),
        ("id",),
        "lastmodifieddate",
    )


ACCOUNTS = SourceObject(
    "netsuite",
    "accounts",
    "one row per ledger account",
    "The chart of accounts.",
    (
        Field("id", Type.INT, "Internal id.", required=True, staged="gl_account_id"),
        Field("acctnumber", Type.STRING, "Number in the chart.", required=True, staged="gl_account_number"),
        Field("fullname", Type.STRING, "Its name.", required=True, staged="gl_account_name"),
        Field(
            "accttype",
            Type.STRING,
            "Bank, AcctRec, Income, COGS, Expense, ...",
            required=True,
            staged="gl_account_type",
        ),
        _INACTIVE,
        _MODIFIED,
    ),
    ("id",),
    "lastmodifieddate",
)
DEPARTMENTS = _segment("departments", "one row per department", "Departments.", "department_id", "department_name")
CLASSIFICATIONS = _segment(
    "classifications", "one row per class", "Classes: product lines.", "class_id", "product_line"
)
JOURNAL_LINES = SourceObject(
    "netsuite",
    "journal_lines",
    "one row per line of a journal entry",
    "Posted lines of journal entries: transaction, transactionline and transactionaccountingline joined.",
    (
        Field("transaction", Type.INT, "The entry.", required=True, staged="entry_id"),
        Field("line", Type.INT, "Its line, from 1.", required=True, staged="line_number"),
        Field("trandate", Type.DATE, "Day of posting.", required=True, staged="posted_day"),
        Field("type", Type.STRING, "Journal.", staged=None),
        Field("memo", Type.STRING, "Kind of entry.", staged="entry_kind"),
        Field("account", Type.INT, "Ledger account.", required=True, staged="gl_account_id"),
        Field("department", Type.INT, "Department; null if none.", staged="department_id"),
        Field("class", Type.INT, "Class; null if none.", staged="class_id"),
        _minor("debit", "debit_usd_minor", "Debit; null on a credit."),
        _minor("credit", "credit_usd_minor", "Credit; null on a debit."),
        Field("posting", Type.STRING, "T.", staged=None),
        _MODIFIED,
    ),
    ("transaction", "line"),
    "lastmodifieddate",
    derived=(
        Derived(
            "amount_usd_minor",
            Type.INT,
            "cast(round((coalesce(debit, 0) - coalesce(credit, 0)) * 100) as bigint)",
            "Debit less credit, USD minor units.",
            Pii.CONFIDENTIAL,
        ),
    ),
    kind=Kind.EVENTS,
)
BUDGETS = SourceObject(
    "netsuite",
    "budgets",
    "one row per ledger account, department and month",
    "Budgets, made at each year's beginning.",
    (
        Field("id", Type.INT, "Internal id.", required=True, staged="budget_id"),
        Field("year", Type.INT, "Fiscal year.", staged="budget_year"),
        Field("periodstart", Type.DATE, "First day of the month.", required=True, staged="budget_month"),
        Field("account", Type.INT, "Ledger account.", required=True, staged="gl_account_id"),
        Field("department", Type.INT, "Department; null if none.", staged="department_id"),
        _minor("amount", "amount_usd_minor", "Budget of the month."),
        _MODIFIED,
    ),
    ("id",),
    "lastmodifieddate",
)
BANK_BALANCES = SourceObject(
    "netsuite",
    "bank_balances",
    "one row per bank account and day",
    "Balances at the day's end, as the bank tells them.",
    (
        Field("account", Type.INT, "Ledger account.", required=True, staged="gl_account_id"),
        Field("balancedate", Type.DATE, "The day.", required=True, staged="balance_day"),
        _minor("balance", "balance_usd_minor", "Balance."),
        _MODIFIED,
    ),
    ("account", "balancedate"),
    "lastmodifieddate",
)
CURRENCY_RATES = SourceObject(
    "netsuite",
    "currency_rates",
    "one row per currency and day",
    "The market's rates, a day each.",
    (
        Field("basecurrency", Type.STRING, "USD.", required=True, staged=None),
        Field("transactioncurrency", Type.STRING, "The other currency, ISO 4217.", required=True, staged="currency"),
        Field("effectivedate", Type.DATE, "The day.", required=True, staged="rate_day"),
        Field(
            "exchangerate",
            Type.FLOAT,
            "USD for a unit; in staging, whole millionths.",
            required=True,
            staged="rate_ppm",
            sql="cast(round(exchangerate * 1000000) as bigint)",
        ),
        _MODIFIED,
    ),
    ("transactioncurrency", "effectivedate"),
    "lastmodifieddate",
)

OBJECTS: tuple[SourceObject, ...] = (
    ACCOUNTS,
    DEPARTMENTS,
    CLASSIFICATIONS,
    JOURNAL_LINES,
    BUDGETS,
    BANK_BALANCES,
    CURRENCY_RATES,
)
