"""A day's log of HubSpot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from tapflow.business.company import Company
from tapflow.business.day import Columns, Day
from tapflow.business.marketing.campaigns import key_of
from tapflow.business.marketing.contacts import contact_emails
from tapflow.business.marketing.state import Form, Mail, Marketing, Platform
from tapflow.core.ids import uuid
from tapflow.sources.ad_platforms import changed_campaigns, day_micros, micros
from tapflow.sources.hubspot import people
from tapflow.sources.hubspot.ids import campaign_ids, contact_ids, email_ids, form_ids
from tapflow.sources.mail_events import mail_events

Log = dict[str, Any]
FORM_NAMES = ("Newsletter", "Draft Beer Guide", "Webinar Registration", "Free Trial Sign-up", "Demo Request")
FORM_PAGES = ("/blog/draft-beer-waste", "/blog/draft-beer-waste", "/customers", "/signup", "/demo")
_EVENT_TYPES = np.array(["SENT", "DELIVERED", "BOUNCE", "OPEN", "CLICK", "STATUSCHANGE"], dtype=object)


def records(company: Company, day: Day) -> dict[str, Log]:
    """The day's log of every object that changed or happened."""
    logs: dict[str, Log] = {}
    changed = _newest(day.fact("contact_changed"))
    if changed is not None:
        logs["contacts"] = people.contacts(company, changed)
        logs["companies"] = people.companies(company, changed)
    if day.number == company.first_day:
        logs["forms"] = _forms(day)
    logs["form_submissions"] = _submissions(company, day.fact("form_submission"))
    logs |= _campaigns(company, day)
    logs["email_events"] = _email_events(company, day)
    return {name: log for name, log in logs.items() if log and len(next(iter(log.values())))}


def _newest(changed: Columns | None) -> Columns | None:
    """The last version of each contact, in order of change."""
    if changed is None:
        return None
    order = np.lexsort((changed["at"], changed["contact"]))
    last = np.append(changed["contact"][order][1:] != changed["contact"][order][:-1], True)
    rows = order[last]
    rows = rows[np.lexsort((changed["contact"][rows], changed["at"][rows]))]
    return {name: values[rows] for name, values in changed.items()}


def _forms(day: Day) -> Log:
    made = np.full(len(FORM_NAMES), day_micros(day.number - 900))
    return {
        "id": form_ids(np.arange(len(FORM_NAMES))),
        "name": list(FORM_NAMES),
        "formType": ["hubspot"] * len(FORM_NAMES),
        "createdAt": made,
        "updatedAt": made,
        "archived": np.zeros(len(FORM_NAMES), dtype=bool),
    }


def _submissions(company: Company, fact: Columns | None) -> Log:
    if fact is None:
        return {}
    order = np.lexsort((fact["number"], fact["at"]))
    form, contact = fact["form"][order].astype(np.int64), fact["contact"][order]
    emails = contact_emails(company, contact)
    return {
        "conversionId": uuid("hubspot/submission", fact["number"][order] * 8 + form),
        "formId": form_ids(np.arange(len(Form)))[form],
        "contactId": contact_ids(contact),
        "submittedAt": fact["at"][order] * 1_000_000,
        "pageUrl": [f"https://www.tapflow.example{FORM_PAGES[f]}" for f in form.tolist()],
        "values": [f'[{{"name":"email","value":"{email}"}}]' for email in emails],
    }


def _campaigns(company: Company, day: Day) -> dict[str, Log]:
    changed = [c for platform in Platform for c in changed_campaigns(company, day, platform, " ")]
    if not changed:
        return {}
    changed.sort(key=lambda c: (c.updated_at, c.row))
    parameters, table = company.scenario.marketing, company.part(Marketing).campaigns
    template = [parameters.campaigns[int(table.template[c.row])] for c in changed]
    updated = np.array([micros(c.updated_at) for c in changed])
    planned = np.array([c.budget_minor / 100 * (c.end_day - c.begin_day + 1) for c in changed])
    log = {
        "id": campaign_ids([c.row for c in changed]),
        "hs_name": [c.name for c in changed],
        "hs_utm": [key_of(parameters, int(table.template[c.row]), c.begin_day) for c in changed],
        "hs_start_date": np.array([c.begin_day for c in changed]),
        "hs_end_date": np.array([c.end_day for c in changed]),
        "hs_campaign_status": ["completed" if c.is_over else "in_progress" for c in changed],
        "hs_budget_items_sum_amount": pa.array(planned, mask=planned == 0),
        "channel": [t.channel for t in template],
        "utm_source": [t.source for t in template],
        "utm_medium": [t.medium for t in template],
        "createdAt": np.array([day_micros(c.begin_day) for c in changed]),
        "updatedAt": updated,
    }
    mails = [i for i, t in enumerate(template) if t.key == "nurture"]
    rows = np.array([changed[i].row for i in mails], dtype=np.int64)
    letters = {
        "id": email_ids(rows),
        "name": [changed[i].name for i in mails],
        "subject": ["What a pint poured away costs you"] * len(mails),
        "state": ["AUTOMATED"] * len(mails),
        "campaign": campaign_ids(rows) if len(rows) else [],
        "createdAt": np.array([day_micros(changed[i].begin_day) for i in mails], dtype=np.int64),
        "updatedAt": updated[mails],
    }
    return {"campaigns": log, "marketing_emails": letters if mails else {}}


def _email_events(company: Company, day: Day) -> Log:
    events = mail_events(company, day, (Mail.NURTURE,))
    if events is None:
        return {}
    letters, which = np.unique(events.campaign, return_inverse=True)
    return {
        "id": uuid("hubspot/email_event", events.message * 8 + events.kind),
        "type": _EVENT_TYPES[events.kind],
        "created": events.at * 1_000_000,
        "recipient": events.email,
        "emailCampaignId": email_ids(letters)[which],
        "sentById": uuid("hubspot/email_event", events.message * 8),
    }
