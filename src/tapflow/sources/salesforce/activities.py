"""Tasks and events as Salesforce's records."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Columns
from tapflow.business.sales.activities import MEETING
from tapflow.core.ids import salesforce
from tapflow.core.vendor_ids import crm_account_ids, crm_contact_ids, crm_lead_ids, crm_opportunity_ids, crm_user_ids
from tapflow.sources.salesforce.columns import Log, linked, optional, stamps

_SUBTYPES = np.array(["Call", "Email", "Task", "Event"], dtype=object)
_SUBJECTS = np.array(["Call", "Email", "Prepare offer", "Meeting"], dtype=object)


def tasks(company: Company, done: Columns) -> Log:
    """Task records of the day's calls, mails and things done."""
    mine = _picked(done, done["kind"] != MEETING)
    kind, at = mine["kind"], mine["at"]
    return {
        "Id": salesforce("00T", "salesforce/task", mine["activity"]),
        **_links(mine),
        "Subject": _SUBJECTS[kind],
        "TaskSubtype": _SUBTYPES[kind],
        "Status": np.full(len(kind), "Completed", dtype=object),
        "ActivityDate": at // 86_400,
        "CompletedDateTime": at * 1_000_000,
        **stamps(at, at),
    }


def events(company: Company, done: Columns) -> Log:
    """Event records of the day's meetings."""
    mine = _picked(done, done["kind"] == MEETING)
    at, minutes = mine["at"], mine["minutes"]
    return {
        "Id": salesforce("00U", "salesforce/event", mine["activity"]),
        **_links(mine),
        "Subject": np.full(len(at), "Meeting", dtype=object),
        "StartDateTime": at * 1_000_000,
        "EndDateTime": (at + minutes * 60) * 1_000_000,
        "DurationInMinutes": minutes.astype(np.float64),
        **stamps(at, at),
    }


def _picked(done: Columns, mask: np.ndarray) -> Columns:
    return {name: values[mask] for name, values in done.items()}


def _links(mine: Columns) -> Log:
    about_lead = mine["lead"] >= 0
    leads = crm_lead_ids(np.maximum(mine["lead"], 0))
    people = np.where(about_lead, leads, crm_contact_ids(np.maximum(mine["contact"], 0)))
    return {
        "WhoId": optional(people, about_lead | (mine["contact"] >= 0)),
        "WhatId": linked(crm_opportunity_ids, mine["deal"]),
        "AccountId": linked(crm_account_ids, mine["crm"]),
        "OwnerId": crm_user_ids(mine["rep"]),
    }
