"""Accounts, contacts and leads as Salesforce's records."""

from __future__ import annotations

import numpy as np

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.customers.state import Role
from tapflow.business.day import Columns, Day
from tapflow.business.sales.leads import SELF_SERVE
from tapflow.business.sales.state import NOBODY, LeadKind, LeadStatus, Sales
from tapflow.business.sales.team import territory_names
from tapflow.core.ids import salesforce
from tapflow.core.vendor_ids import (
    crm_account_ids,
    crm_contact_ids,
    crm_lead_ids,
    crm_opportunity_ids,
    crm_user_ids,
)
from tapflow.sources.salesforce.columns import (
    LEAD_SOURCES,
    Log,
    Rows,
    Texts,
    another_address,
    dollars,
    houses,
    industries,
    linked,
    micros,
    optional,
    regions,
    stamps,
    typed_emails,
)

_TYPES = np.array(["Prospect", "Customer", "Former Customer"], dtype=object)
_TITLES = np.array(["Owner", "General Manager", "Bar Lead", "Analyst"], dtype=object)
_STATUSES = np.array(["Open", "Working", "Nurturing", "Qualified", "Unqualified"], dtype=object)
_KINDS = np.array(["Demo Request", "Outbound", "Event", "Marketing Score", "Signup"], dtype=object)
assert len(_STATUSES) == len(LeadStatus) and len(_KINDS) == len(LeadKind)


def accounts(company: Company, rows: Rows) -> Log:
    """Account records of rows of the CRM's accounts."""
    crm = company.part(Sales).crm
    house = houses(company, crm.account[rows], crm.prospect[rows])
    true_names = names.house_names(company, house, crm.industry[rows])
    region, country = regions(company, crm.region[rows])
    double = crm.original[rows] >= 0
    phones = names.house_phones(company, house).astype(object)
    sites = np.array([f"https://www.{d}" for d in names.house_domains(company, house)], dtype=object)
    merged = crm.deleted[rows] & double & ~crm.imported[rows]
    known = crm.app_id_known[rows] & (crm.account[rows] >= 0)
    return {
        "Id": crm_account_ids(rows),
        "MasterRecordId": optional(crm_account_ids(np.maximum(crm.original[rows], 0)), merged),
        "Name": names.variants(company, true_names, rows, "salesforce"),
        "Type": _TYPES[crm.kind[rows]],
        "Industry": industries(company, crm.industry[rows]),
        "Website": optional(sites, crm.website_known[rows]),
        "Phone": np.where(double, np.array([p.replace(" ", "-") for p in phones], dtype=object), phones),
        "BillingState": region,
        "BillingCountry": country,
        "OwnerId": crm_user_ids(crm.rep[rows]),
        "App_Account_Id__c": optional((crm.account[rows] + 1).astype(str).astype(object), known),
        "Territory__c": territory_names(company, crm.territory[rows]),
        "Number_of_Locations__c": crm.locations[rows].astype(np.float64),
        "ARR__c": dollars(crm.arr_minor[rows]),
        **stamps(crm.created_at[rows], crm.updated_at[rows], crm.deleted[rows]),
    }


def account_history(company: Company, day: Day) -> Log | None:
    """AccountHistory records of the day's changes of revenue and territory, in order of time; None without any."""
    parts = []
    revenue, moves = day.fact("crm_arr_changed"), day.fact("crm_territory_changed")
    if revenue is not None:
        texts = _decimals(revenue["before_minor"]), _decimals(revenue["after_minor"])
        parts.append(_field_history(company, revenue, "ARR__c", *texts))
    if moves is not None:
        texts = territory_names(company, moves["before"]), territory_names(company, moves["after"])
        parts.append(_field_history(company, moves, "Territory__c", *texts))
    if not parts:
        return None
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(whole["CreatedDate"], kind="stable")
    return {name: values[order] for name, values in whole.items()}


def _field_history(company: Company, changes: Columns, field: str, before: Texts, after: Texts) -> Log:
    numbers = changes["change"]
    kind = "account_history" if field == "ARR__c" else f"account_history/{field}"
    return {
        "Id": salesforce("017", f"salesforce/{kind}", numbers),
        "AccountId": crm_account_ids(changes["crm"]),
        "Field": np.full(len(numbers), field, dtype=object),
        "OldValue": before,
        "NewValue": after,
        "CreatedById": crm_user_ids(company.part(Sales).crm.rep[changes["crm"]]),
        "IsDeleted": np.zeros(len(numbers), dtype=bool),
        "CreatedDate": changes["at"] * 1_000_000,
    }


def _decimals(minor: Rows) -> Texts:
    return np.array([f"{value // 100}.{value % 100:02d}" for value in minor.tolist()], dtype=object)


def contacts(company: Company, rows: Rows) -> Log:
    """Contact records of rows of the CRM's contacts."""
    sales = company.part(Sales)
    table = sales.contacts
    user, prospect, crm = table.user[rows], table.prospect[rows], table.crm[rows]
    some = np.maximum(user, 0)
    person = np.where(user >= 0, names.person_numbers(company, some), names.prospect_numbers(np.maximum(prospect, 0)))
    emails = np.where(
        user >= 0, names.user_emails(company, some), names.prospect_emails(company, np.maximum(prospect, 0))
    )
    given, family = names.person_given_names(company, person), names.person_family_names(company, person)
    return {
        "Id": crm_contact_ids(rows),
        "AccountId": crm_account_ids(crm),
        "FirstName": given,
        "LastName": family,
        "Email": typed_emails(company, rows, emails, family + "." + given),
        "Title": _TITLES[np.where(user >= 0, company.users.role[some], int(Role.OWNER))],
        "OwnerId": crm_user_ids(sales.crm.rep[crm]),
        **stamps(table.created_at[rows], table.updated_at[rows], table.deleted[rows]),
    }


def leads(company: Company, rows: Rows) -> Log:
    """Lead records of rows of the open leads and those closed today."""
    table = company.part(Sales).leads
    numbers, status = table.number[rows], table.status[rows]
    double, hidden = table.original[rows] >= 0, table.hidden[rows]
    person = names.prospect_numbers(table.prospect[rows])
    given, family = names.person_given_names(company, person), names.person_family_names(company, person)
    emails = names.prospect_emails(company, table.prospect[rows])
    for i in np.flatnonzero(double & ~hidden):
        emails[i] = emails[i].upper()
    for i in np.flatnonzero(hidden):
        emails[i] = another_address(emails[i], f"{family[i]}.{given[i][:1]}{numbers[i]}")
    region, country = regions(company, table.region[rows])
    converted = status == LeadStatus.QUALIFIED
    return {
        "Id": crm_lead_ids(numbers),
        "FirstName": given,
        "LastName": family,
        "Company": _told_names(company, rows),
        "Email": emails,
        "Phone": names.house_phones(company, person).astype(object),
        "State": region,
        "Country": country,
        "Industry": industries(company, table.industry[rows]),
        "LeadSource": LEAD_SOURCES[table.channel[rows]],
        "Lead_Type__c": _KINDS[table.kind[rows]],
        "Status": _STATUSES[status],
        "Unqualified_Reason__c": _reasons(company, rows),
        "OwnerId": crm_user_ids(table.rep[rows]),
        "Number_of_Locations__c": table.locations[rows].astype(np.float64),
        "Is_MQL__c": table.marketing_qualified[rows].copy(),
        "IsConverted": converted,
        "Converted_At__c": micros(table.updated_at[rows], converted),
        "ConvertedAccountId": linked(crm_account_ids, table.crm[rows]),
        "ConvertedContactId": linked(crm_contact_ids, table.contact[rows]),
        "ConvertedOpportunityId": linked(crm_opportunity_ids, table.opportunity[rows]),
        **stamps(table.created_at[rows], table.updated_at[rows], table.deleted[rows]),
    }


def _told_names(company: Company, rows: Rows) -> Texts:
    table = company.part(Sales).leads
    true_names = names.prospect_names(company, table.prospect[rows], table.industry[rows])
    return names.variants(company, true_names, table.number[rows], "salesforce/lead")


def _reasons(company: Company, rows: Rows) -> Texts:
    table = company.part(Sales).leads
    told = np.array([*company.scenario.sales.leads.reasons, "trial_expired", "duplicate"], dtype=object)
    reason = np.where(table.reason[rows] == SELF_SERVE, len(told) - 2, table.reason[rows])
    reason = np.where(table.deleted[rows], len(told) - 1, reason)
    turned_away = (table.status[rows] == LeadStatus.UNQUALIFIED) & (reason != NOBODY)
    return optional(told[np.maximum(reason, 0)], turned_away)
