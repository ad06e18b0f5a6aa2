"""What the CRM holds, as the day's change log of each object."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.sales.state import Sales
from tapflow.sources.salesforce import activities, campaigns, deals, people, team
from tapflow.sources.salesforce.columns import Log, changed_first


def records(company: Company, day: Day) -> dict[str, Log]:
    """The day's log of every object that changed; on the first day everything that was there."""
    sales = company.part(Sales)
    first = day.number == company.first_day
    since = day.start_seconds
    accounts = changed_first(sales.crm, since, first)
    contacts = changed_first(sales.contacts, since, first)
    leads = changed_first(sales.leads, since, first)
    opportunities = changed_first(sales.deals, since, first)
    users = changed_first(sales.reps, since, first)
    logs = {
        "account": people.accounts(company, accounts),
        "contact": people.contacts(company, contacts),
        "lead": people.leads(company, leads),
        "opportunity": deals.opportunities(company, opportunities),
        "opportunity_line_item": deals.line_items(company, opportunities),
        "contract": deals.contracts(company, day, opportunities),
        "user": team.users(company, users),
        "campaign_member": campaigns.members(company, day, leads),
    }
    from_facts = {
        "opportunity_history": (deals.history, "opportunity_step"),
        "task": (activities.tasks, "sales_activity"),
        "event": (activities.events, "sales_activity"),
        "forecasting_quota": (team.quotas, "quota_set"),
    }
    for name, (make, fact) in from_facts.items():
        columns = day.fact(fact)
        if columns is not None:
            order = np.argsort(columns["at"], kind="stable")
            logs[name] = make(company, {key: values[order] for key, values in columns.items()})
    history = people.account_history(company, day)
    if history is not None:
        logs["account_history"] = history
    changed = day.fact("campaign_changed")
    if changed is not None:
        logs["campaign"] = campaigns.campaigns(company, changed, day.number)
    return {name: log for name, log in logs.items() if len(log["Id"])}
