"""How carelessly people type into the CRM; what of it is wrong is told to the ledger."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.mess import tell_mess
from tapflow.business.sales.state import Sales
from tapflow.core.vendor_ids import crm_account_ids, crm_contact_ids

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


def shouted(company: Company, contacts: ArrayLike) -> Flags:
    """Contacts whose address stands in capitals: another spelling, the same address."""
    return company.lasting().happens("sales/shouted", contacts, company.scenario.sales.mess.addresses_in_capitals)


def written_elsewhere(company: Company, contacts: ArrayLike) -> Flags:
    """Contacts whom the CRM knows by another address than their login's."""
    return company.lasting().happens("sales/elsewhere", contacts, company.scenario.sales.mess.other_addresses)


def tell_accounts(company: Company, day: Day, rows: Rows) -> None:
    """Tell which new CRM accounts lack the product's id, are misspelt, or are our own tests."""
    crm, book = company.part(Sales).crm, company.accounts
    account = crm.account[rows]
    test = (account >= 0) & book.is_test[np.maximum(account, 0)]
    unknown = (account >= 0) & (crm.original[rows] < 0) & ~crm.app_id_known[rows]
    cases = {
        "crm_name_differs": names.varied(company, rows, "salesforce"),
        "crm_app_id_missing": unknown,
        "crm_website_missing": ~crm.website_known[rows],
        "test_account": test,
    }
    for kind, mask in cases.items():
        tell_mess(day, kind, "salesforce", crm_account_ids(rows[mask]), account[mask], 1.0)


def tell_contacts(company: Company, day: Day, rows: Rows) -> None:
    """Tell which new contacts have another address."""
    sales = company.part(Sales)
    found = rows[written_elsewhere(company, rows)]
    account = sales.crm.account[sales.contacts.crm[found]]
    tell_mess(day, "contact_email_differs", "salesforce", crm_contact_ids(found), account, 1.0)
