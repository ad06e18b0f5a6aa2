"""What makes a CRM wrong: things entered twice, merged late, imported badly. Every case is told to the ledger."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.mess import tell_mess
from tapflow.business.sales import crm
from tapflow.business.sales.state import NOBODY, CrmType, LeadStatus, Sales, numbered
from tapflow.core.vendor_ids import crm_account_ids, crm_contact_ids, crm_lead_ids

Rows = NDArray[np.int64]
_LEADS_FASTER = 20  # doubles among leads are seen sooner than among accounts: people call twice


def clutter(company: Company, day: Day) -> None:
    """Today's new leads and accounts are entered twice now and then; some old doubles are merged."""
    sales, mess = company.part(Sales), company.scenario.sales.mess
    leads = sales.leads
    fresh = np.flatnonzero((leads.created_at >= day.start_seconds) & (leads.original < 0))
    twice = fresh[company.lasting().happens("sales/twice", leads.number[fresh], mess.duplicate_leads)]
    _repeat_leads(company, day, twice, "duplicate_lead")
    book = sales.crm
    new = np.flatnonzero((book.created_at >= day.start_seconds) & (book.original < 0))
    again = new[company.lasting().happens("sales/account_twice", new, mess.duplicate_accounts)]
    repeat_accounts(company, day, again, "duplicate_account")
    _import_badly(company, day)
    _merge(company, day)
    _delete_contacts(company, day)


def _repeat_leads(company: Company, day: Day, rows: Rows, kind: str) -> None:
    if len(rows) == 0:
        return
    sales = company.part(Sales)
    leads = sales.leads
    numbers = numbered(sales.next_lead, len(rows))
    sales.next_lead += len(rows)
    hidden = company.lasting().happens("sales/hidden", numbers, company.scenario.sales.mess.hidden_duplicates)
    at = np.maximum(leads.created_at[rows] + 600, day.start_seconds)
    at = np.minimum(at, day.end_seconds - 1)
    values = {name: leads[name][rows].copy() for name in leads.names}
    values |= {"number": numbers, "original": leads.number[rows].copy(), "hidden": hidden, "created_at": at}
    values |= {"updated_at": at, "status": np.full(len(rows), LeadStatus.NEW), "crm": np.full(len(rows), NOBODY)}
    values |= {"contact": np.full(len(rows), NOBODY), "opportunity": np.full(len(rows), NOBODY)}
    values["decide_day"] = np.full(len(rows), day.number)
    account = values["account"]
    leads.append(len(rows), **values)
    tell_mess(day, kind, "salesforce", crm_lead_ids(numbers), account, hidden)


def repeat_accounts(company: Company, day: Day, rows: Rows, kind: str) -> Rows:
    """Enter CRM accounts a second time, with what they were thought to be worth. Answers the doubles' rows."""
    if len(rows) == 0:
        return rows
    book = company.part(Sales).crm
    at = np.full(len(rows), day.start_seconds + 75_600)
    doubles = crm.add_accounts(
        company, day, at, book.account[rows].copy(), book.prospect[rows].copy(), book.region[rows].copy(),
        book.industry[rows].copy(), book.locations[rows].copy(), book.kind[rows].copy(), rows,
    )  # fmt: skip
    book.imported[doubles] = kind == "imported_account"
    worth = book.arr_minor[rows].copy()
    crm.record_arr(company, day, doubles, np.zeros(len(rows), dtype=np.int64), worth, at)
    book.arr_minor[doubles] = worth
    tell_mess(day, kind, "salesforce", crm_account_ids(doubles), book.account[rows], worth)
    return doubles


def _import_badly(company: Company, day: Day) -> None:
    """A bad import doubles leads and accounts; the doubles go on the day after it ends."""
    index = day.number - company.first_day
    share = sum(i.effect for i in company.scenario.incidents.on(index, "crm_bad_import"))
    sales = company.part(Sales)
    if share > 0:
        leads = sales.leads
        worked = np.flatnonzero((leads.original < 0) & (leads.status < LeadStatus.QUALIFIED))
        hit = worked[day.chance.happens("sales/import_leads", leads.number[worked], min(1.0, share))]
        _repeat_leads(company, day, hit, "imported_lead")
        book = sales.crm
        known = np.flatnonzero((book.original < 0) & ~book.deleted & (book.created_at < day.start_seconds))
        chosen = known[day.chance.happens("sales/import_accounts", known, min(1.0, share))]
        repeat_accounts(company, day, chosen, "imported_account")
    else:
        imported = np.flatnonzero(sales.crm.imported & ~sales.crm.deleted)
        _remove_accounts(company, day, imported)


def _merge(company: Company, day: Day) -> None:
    """Somebody finds doubles: leads are deleted, accounts merged into the first one."""
    sales, rate = company.part(Sales), company.scenario.sales.mess.merge_daily
    leads = sales.leads
    doubles = np.flatnonzero((leads.original >= 0) & ~leads.deleted & (leads.created_at < day.start_seconds))
    found = doubles[day.chance.happens("sales/merge_lead", leads.number[doubles], min(1.0, _LEADS_FASTER * rate))]
    leads.deleted[found] = True
    leads.status[found] = LeadStatus.UNQUALIFIED
    leads.updated_at[found] = day.start_seconds + 79_200
    book = sales.crm
    doubles = np.flatnonzero((book.original >= 0) & ~book.deleted & (book.created_at < day.start_seconds))
    _remove_accounts(company, day, doubles[day.chance.happens("sales/merge_account", doubles, rate)])


def _remove_accounts(company: Company, day: Day, rows: Rows) -> None:
    book = company.part(Sales).crm
    at = day.start_seconds + 79_200
    crm.record_arr(company, day, rows, book.arr_minor[rows].copy(), np.zeros(len(rows), dtype=np.int64), at)
    book.arr_minor[rows] = 0
    book.deleted[rows] = True
    book.kind[rows] = CrmType.FORMER
    book.updated_at[rows] = at


def _delete_contacts(company: Company, day: Day) -> None:
    """Contacts whose login is gone are deleted, sooner or later."""
    sales, users = company.part(Sales), company.users
    contacts = sales.contacts
    known = np.flatnonzero((contacts.user >= 0) & ~contacts.deleted & (contacts.created_at < day.start_seconds))
    left = known[users.deleted_day[contacts.user[known]] != NEVER]
    rows = left[day.chance.happens("sales/contact_deleted", left, company.scenario.sales.mess.contacts_deleted_daily)]
    contacts.deleted[rows] = True
    contacts.updated_at[rows] = day.start_seconds + 79_800
    account = sales.crm.account[contacts.crm[rows]]
    tell_mess(day, "contact_deleted", "salesforce", crm_contact_ids(rows), account, 1.0)


def tell_not_closed(company: Company, day: Day) -> None:
    """Tell the ledger which churned customers somebody left standing today."""
    found = day.fact("crm_not_closed")
    if found is not None:
        book = company.part(Sales).crm
        rows = found["crm"]
        tell_mess(
            day, "churned_not_closed", "salesforce", crm_account_ids(rows), book.account[rows], book.arr_minor[rows]
        )
