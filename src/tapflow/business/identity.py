"""Which records of which systems are the same customer or person.

The ids come from pure functions of row numbers (`core.vendor_ids`), so that the ledger can speak
of a vendor's record without reading one. Systems that hold one record for each account or
person are told here, when the account or the login is made, whether or not the system will
ever meet it; a system with records of its own making (the CRM) tells them as it makes them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import Role
from tapflow.business.day import Day
from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type
from tapflow.core.vendor_ids import (
    gainsight_company_ids,
    hubspot_ids,
    intercom_contact_ids,
    stripe_customer_ids,
    zendesk_organization_ids,
    zendesk_user_ids,
)

Rows = NDArray[np.int64]
_PROSPECT, _OWNER = 0, 1  # HubSpot knew the person before the account, or not

TABLES = (
    TruthTable(
        "identity",
        "one row per record of a system that stands, or would stand, for a customer or a person",
        "Identities across systems, doubles included. Records that stand for nobody of ours are not listed.",
        (
            Column("system", Type.STRING, "The source system."),
            Column("entity", Type.STRING, "account or user."),
            Column("system_id", Type.STRING, "The record's id in that system."),
            Column("account", Type.INT, "The account's number; -1 for users."),
            Column("user", Type.INT, "The user's number; -1 for accounts."),
        ),
    ),
)


def tell_accounts(day: Day, system: str, system_ids: ArrayLike, accounts: ArrayLike) -> None:
    """Tell that records of a system are these accounts (numbers of the spine)."""
    _tell(day, system, "account", system_ids, accounts, -1)


def tell_users(day: Day, system: str, system_ids: ArrayLike, users: ArrayLike) -> None:
    """Tell that records of a system are these people (numbers of the spine)."""
    _tell(day, system, "user", system_ids, -1, users)


def _tell(day: Day, system: str, entity: str, ids: ArrayLike, account: ArrayLike, user: ArrayLike) -> None:
    keys = np.atleast_1d(np.asarray(ids)).astype(object)
    if len(keys) == 0:
        return
    day.tell(
        "identity",
        system=np.full(len(keys), system, dtype=object),
        entity=np.full(len(keys), entity, dtype=object),
        system_id=keys,
        account=np.broadcast_to(np.asarray(account, dtype=np.int64), (len(keys),)),
        user=np.broadcast_to(np.asarray(user, dtype=np.int64), (len(keys),)),
    )


def found(company: Company, day: Day) -> None:
    """Tell the starting population's records."""
    _tell_new(company, day, np.arange(len(company.accounts)), np.arange(len(company.users)))


def step(company: Company, day: Day) -> None:
    """Tell the records of the accounts and logins that were made today."""
    accounts = np.flatnonzero(company.accounts.created_day == day.number)
    _tell_new(company, day, accounts, np.flatnonzero(company.users.created_day == day.number))


def _tell_new(company: Company, day: Day, accounts: Rows, users: Rows) -> None:
    tell_accounts(day, "app", (accounts + 1).astype(str), accounts)
    tell_accounts(day, "stripe", stripe_customer_ids(accounts), accounts)
    tell_accounts(day, "gainsight", gainsight_company_ids(accounts), accounts)
    tell_accounts(day, "zendesk", zendesk_organization_ids(accounts).astype(str), accounts)
    tell_users(day, "app", (users + 1).astype(str), users)
    tell_users(day, "intercom", intercom_contact_ids(users), users)
    tell_users(day, "zendesk", zendesk_user_ids(users).astype(str), users)
    _tell_hubspot(company, day, accounts, users)


def _tell_hubspot(company: Company, day: Day, accounts: Rows, users: Rows) -> None:
    prospect = company.accounts.prospect[accounts]
    known = prospect >= 0
    tell_accounts(day, "hubspot", hubspot_ids("company", accounts, _OWNER), accounts)
    tell_accounts(day, "hubspot", hubspot_ids("company", prospect[known], _PROSPECT), accounts[known])
    owners = users[(company.users.role[users] == Role.OWNER) & (company.users.account[users] >= 0)]
    account = company.users.account[owners]
    prospect = company.accounts.prospect[account]
    known = prospect >= 0
    tell_users(day, "hubspot", hubspot_ids("contact", account, _OWNER), owners)
    tell_users(day, "hubspot", hubspot_ids("contact", prospect[known], _PROSPECT), owners[known])
