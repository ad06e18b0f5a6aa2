"""Figures of finance: the books, by account and department, and cash."""

from __future__ import annotations

from tapflow.quality.figure import Figure

_DIMS = {
    "department": ("coalesce(department, '')", "department"),
    "product_line": ("coalesce(product_line, '')", "product_line"),
    "gl_account": ("gl_account_number", "gl_account"),
}


def _booked(name: str, title: str, types: str, sign: int = 1) -> Figure:
    """Debits less credits of some types of accounts."""
    return Figure(
        name=name,
        title=title,
        domain="finance",
        unit="usd_minor",
        kind="flow",
        published=f"select $period(posted_day) as period, $dim as dim, {sign} * sum(amount_usd_minor) as value "
        f"from fact.fact_gl where gl_account_type in ({types}) and entry_kind <> 'opening' group by 1, 2",
        truth="select $period(day) as period, $dim as dim, "
        f"{sign} * sum(debit_usd_minor - credit_usd_minor) as value "
        f"from truth.journal_day where account_type in ({types}) and kind <> 'opening' group by 1, 2",
        dims=_DIMS,
    )


FIGURES: tuple[Figure, ...] = (
    _booked("income", "Income booked: revenue less refunds and credits", "'Income'", -1),
    _booked("cogs", "Cost of service", "'COGS'"),
    _booked("operating_expenses", "Operating expenses by department", "'Expense'"),
    _booked("gross_profit", "Income less cost of service", "'Income', 'COGS'", -1),
    _booked("operating_income", "Gross profit less operating expenses", "'Income', 'COGS', 'Expense'", -1),
    Figure(
        name="journal_debits",
        title="Debits posted, opening balances included",
        domain="finance",
        unit="usd_minor",
        kind="flow",
        published="select $period(posted_day) as period, $dim as dim, sum(debit_usd_minor) as value "
        "from fact.fact_gl group by 1, 2",
        truth="select $period(day) as period, $dim as dim, sum(debit_usd_minor) as value "
        "from truth.journal_day group by 1, 2",
        dims={**_DIMS, "entry_kind": ("entry_kind", "kind")},
    ),
    Figure(
        name="cash_balance",
        title="Money in the bank",
        domain="finance",
        unit="usd_minor",
        kind="stock",
        published="select $period(day) as period, $dim as dim, sum(balance_usd_minor) as value "
        "from fact.fact_cash_daily group by 1, 2",
        truth="select $period(day) as period, $dim as dim, sum(balance_usd_minor) as value "
        "from truth.cash_day group by 1, 2",
    ),
    Figure(
        name="cash_movement",
        title="Change of cash, as the books tell it",
        domain="finance",
        unit="usd_minor",
        kind="flow",
        published="select $period(posted_day) as period, $dim as dim, sum(amount_usd_minor) as value "
        "from fact.fact_gl where gl_account_type = 'Bank' and entry_kind <> 'opening' group by 1, 2",
        truth="select $period(day) as period, $dim as dim, sum(debit_usd_minor - credit_usd_minor) as value "
        "from truth.journal_day where account_type = 'Bank' and kind <> 'opening' group by 1, 2",
    ),
    Figure(
        name="budget",
        title="Budgets by month",
        domain="finance",
        unit="usd_minor",
        kind="flow",
        published="select $period(budget_month) as period, $dim as dim, sum(amount_usd_minor) as value "
        "from fact.fact_budgets group by 1, 2",
        truth="select $period(month) as period, $dim as dim, sum(amount_usd_minor) as value "
        "from truth.budget group by 1, 2",
        dims={"department": _DIMS["department"], "gl_account": _DIMS["gl_account"]},
    ),
)
