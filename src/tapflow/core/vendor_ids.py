"""Ids of the records that stand for customers and people, in their vendors' shapes.

They are pure functions of the business's own row numbers. The ledger tells which records of
the systems are the same customer, so the business must be able to name a record without
knowing the sources; hence these namespaces live below both, and the sources take them from here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.core.ids import opaque, salesforce

Texts = NDArray[np.object_]
Ints = NDArray[np.int64]
# Where the ranges of numbers begin, as a vendor hands them out.
ZENDESK_ORGANIZATIONS, ZENDESK_USERS = 36_000_000_000, 38_000_000_000
_HUBSPOT_BASE = {"contact": 51_000_000_000, "company": 18_000_000_000}


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


def stripe_customer_ids(accounts: ArrayLike) -> Texts:
    """Stripe Customer ids of accounts."""
    return opaque("cus_", "stripe/customer", accounts)


def gainsight_company_ids(accounts: ArrayLike) -> Texts:
    """Gainsight's ids of the companies of accounts."""
    return opaque("1P02", "gainsight/company", accounts, 32)


def intercom_contact_ids(users: ArrayLike) -> Texts:
    """Intercom's ids of people with a login."""
    return opaque("", "intercom/contact", users, 24)


def zendesk_organization_ids(accounts: ArrayLike) -> Ints:
    """Zendesk's ids of the organizations of accounts."""
    return np.asarray(accounts, dtype=np.int64) + ZENDESK_ORGANIZATIONS + 1


def zendesk_user_ids(users: ArrayLike) -> Ints:
    """Zendesk's ids of people with a login."""
    return np.asarray(users, dtype=np.int64) + ZENDESK_USERS + 1


def hubspot_ids(kind: str, numbers: ArrayLike, origin: ArrayLike) -> Texts:
    """HubSpot's ids of contacts or companies; origin: 0 prospects, 1 owners who never were one, 2 nobody's."""
    own = np.atleast_1d(np.asarray(numbers, dtype=np.int64))
    told = np.broadcast_to(np.asarray(origin, dtype=np.int64), own.shape)
    base = _HUBSPOT_BASE[kind]
    return np.array([str(base + 3 * n + k) for n, k in zip(own.tolist(), told.tolist(), strict=True)], dtype=object)
