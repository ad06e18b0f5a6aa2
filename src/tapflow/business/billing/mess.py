"""What is wrong in the processor's data: payers without the app's account id in their metadata."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.mess import tell_mess
from tapflow.core.vendor_ids import stripe_customer_ids


def without_account_id(company: Company, accounts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whose payer does not carry the app's account id."""
    share = company.scenario.billing.mess.customers_without_account_id
    return company.lasting().happens("billing/no_account_id", accounts, share)


def tell_missing_ids(company: Company, day: Day, accounts: NDArray[np.int64]) -> None:
    """Write those of new payers to the ledger."""
    lost = accounts[without_account_id(company, accounts)]
    tell_mess(day, "customer_without_account_id", "stripe", stripe_customer_ids(lost), lost, 1.0)
