"""Campaigns and their members as Salesforce's records: what sales believes brought a lead."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Columns, Day
from tapflow.business.marketing.campaigns import key_of, name_of, running
from tapflow.business.marketing.state import Marketing
from tapflow.business.sales.state import Sales
from tapflow.core.ids import salesforce
from tapflow.core.vendor_ids import crm_lead_ids
from tapflow.sources.salesforce.columns import Log, Rows, Texts, dates, stamps


def campaign_ids(rows: Rows) -> Texts:
    """Salesforce Campaign ids of marketing's campaigns."""
    return salesforce("701", "salesforce/campaign", rows)


def campaigns(company: Company, changes: Columns, day: int) -> Log:
    """Campaign records of the campaigns that changed today."""
    parameters, table = company.scenario.marketing, company.part(Marketing).campaigns
    rows = np.unique(changes["campaign"])
    at = np.zeros(len(table), dtype=np.int64)
    np.maximum.at(at, changes["campaign"], changes["at"])
    order = rows[np.lexsort((rows, at[rows]))]
    template, begin = table.template[order].tolist(), table.begin_day[order].tolist()
    going = table.end_day[order] >= day
    kinds = np.array([t.channel.replace("_", " ").title() for t in parameters.campaigns], dtype=object)
    return {
        "Id": campaign_ids(order),
        "Name": np.array([name_of(parameters, t, b) for t, b in zip(template, begin, strict=True)], dtype=object),
        "Type": kinds[table.template[order]],
        "Status": np.where(going, "In Progress", "Completed").astype(object),
        "Campaign_Key__c": np.array(
            [key_of(parameters, t, b) for t, b in zip(template, begin, strict=True)], dtype=object
        ),
        "StartDate": dates(table.begin_day[order]),
        "EndDate": dates(table.end_day[order]),
        "IsActive": going,
        **stamps(np.minimum(table.begin_day[order].astype(np.int64) * 86_400 + 28_800, at[order]), at[order]),
    }


def members(company: Company, day: Day, rows: Rows) -> Log:
    """CampaignMember records of today's new leads: one of their channel's running campaigns."""
    leads, memory = company.part(Sales).leads, company.part(Marketing)
    rows = rows[(leads.created_at[rows] >= day.start_seconds) & (leads.original[rows] < 0)]
    rows = rows[np.lexsort((leads.number[rows], leads.created_at[rows]))]
    campaign = np.full(len(rows), -1, dtype=np.int64)
    for channel in np.unique(leads.channel[rows]):
        mine = np.flatnonzero(leads.channel[rows] == channel)
        choices = running(company, memory, day.number, int(channel))
        if len(choices):
            drawn = company.lasting().uniform("salesforce/member", leads.number[rows[mine]])
            campaign[mine] = choices[(drawn * len(choices)).astype(np.int64)]
    rows, campaign = rows[campaign >= 0], campaign[campaign >= 0]
    at = leads.created_at[rows]
    return {
        "Id": salesforce("00v", "salesforce/campaign_member", leads.number[rows]),
        "CampaignId": campaign_ids(campaign),
        "LeadId": crm_lead_ids(leads.number[rows]),
        "Status": np.full(len(rows), "Responded", dtype=object),
        "HasResponded": np.ones(len(rows), dtype=bool),
        "FirstRespondedDate": at // 86_400,
        **stamps(at, at),
    }
