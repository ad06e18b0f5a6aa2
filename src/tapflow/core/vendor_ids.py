"""Ids of the CRM's records, in its vendor's shape.

They are pure functions of the business's own row numbers. The ledger tells which records of a
system are the same customer, so the business must be able to name a record without knowing
the sources; hence these namespaces live below both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.core.ids import salesforce

Texts = NDArray[np.object_]


def crm_account_ids(rows: ArrayLike) -> Texts:
    """Salesforce Account ids of rows of the CRM's accounts."""
    return salesforce("001", "salesforce/account", rows)


def crm_contact_ids(rows: ArrayLike) -> Texts:
    """Salesforce Contact ids of rows of the CRM's contacts."""
    return salesforce("003", "salesforce/contact", rows)


def crm_lead_ids(numbers: ArrayLike) -> Texts:
    """Salesforce Lead ids of leads' numbers."""
    return salesforce("00Q", "salesforce/lead", numbers)


def crm_opportunity_ids(numbers: ArrayLike) -> Texts:
    """Salesforce Opportunity ids of deals' numbers."""
    return salesforce("006", "salesforce/opportunity", numbers)


def crm_user_ids(rows: ArrayLike) -> Texts:
    """Salesforce User ids of rows of the sales team."""
    return salesforce("005", "salesforce/user", rows)
