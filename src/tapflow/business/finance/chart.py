"""The accounts that the books know by their role: numbers of the chart in the scenario."""

from __future__ import annotations

BANK = 1000
STRIPE = 1020
RECEIVABLE = 1100
DEPRECIATED = 1510
PAYABLE = 2000
DEFERRED = 2200
EQUITY = 3000
REVENUE = {"platform": 4000, "insights": 4010, "loyalty": 4020, "hardware": 4100, "services": 4200}
OTHER_REVENUE = 4000
RETURNS = 4900
HOSTING = 5000
CONNECTIVITY = 5010
FEES = 5030
DEPRECIATION = 5040
GOODS = 5050
INSTALLATION = 5060
ADVERTISING = 6100
BAD_DEBT = 6400
CHARGEBACKS = 6500
EXCHANGE = 7000

REQUIRED = frozenset(
    {
        BANK, STRIPE, RECEIVABLE, DEPRECIATED, PAYABLE, DEFERRED, EQUITY, *REVENUE.values(), RETURNS, HOSTING,
        CONNECTIVITY, FEES, DEPRECIATION, GOODS, INSTALLATION, ADVERTISING, BAD_DEBT, CHARGEBACKS, EXCHANGE,
    }
)  # fmt: skip


def revenue_account(product_line: str) -> int:
    """Where a product line's revenue is booked."""
    return REVENUE.get(product_line, OTHER_REVENUE)
