"""Opportunities, their history, lines and contracts as Salesforce's records."""

from __future__ import annotations

import numpy as np

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.customers.periods import add_months
from tapflow.business.customers.state import Interval
from tapflow.business.day import Columns, Day
from tapflow.business.sales.history import DEALS, STAGES
from tapflow.business.sales.state import NOBODY, Deal, Sales, Stage
from tapflow.business.sales.team import territory_names
from tapflow.core.ids import salesforce
from tapflow.core.vendor_ids import crm_account_ids, crm_contact_ids, crm_opportunity_ids, crm_user_ids
from tapflow.sources.salesforce.columns import (
    FORECASTS,
    LEAD_SOURCES,
    Log,
    Rows,
    dates,
    dollars,
    houses,
    linked,
    micros,
    optional,
    stamps,
)

_STAGES, _DEALS = np.array(STAGES, dtype=object), np.array(DEALS, dtype=object)
_INTERVALS = np.array([i.name.lower() for i in Interval], dtype=object)


def opportunities(company: Company, rows: Rows) -> Log:
    """Opportunity records of rows of the open deals and those closed today."""
    table, deals = company.part(Sales).deals, company.scenario.sales.deals
    stage, kind = table.stage[rows].astype(np.int64), table.kind[rows].astype(np.int64)
    house = houses(company, table.account[rows], table.prospect[rows])
    whose = names.house_names(company, house, table.industry[rows])
    rivals, losses = np.array([*deals.competitors], dtype=object), np.array([*deals.loss_reasons], dtype=object)
    plans = np.array([p.name for p in company.scenario.plans.plans], dtype=object)
    closed = stage >= Stage.WON
    return {
        "Id": crm_opportunity_ids(table.number[rows]),
        "AccountId": crm_account_ids(table.crm[rows]),
        "ContactId": linked(crm_contact_ids, table.contact[rows]),
        "Name": whose + " - " + _DEALS[kind],
        "Type": _DEALS[kind],
        "StageName": _STAGES[stage],
        "Amount": dollars(table.amount_minor[rows]),
        "List_Amount__c": dollars(table.list_minor[rows]),
        "Probability": np.array(deals.probability, dtype=np.float64)[stage],
        "CloseDate": table.close_day[rows].copy(),
        "IsClosed": closed,
        "IsWon": stage == Stage.WON,
        "ForecastCategoryName": FORECASTS[stage],
        "LeadSource": LEAD_SOURCES[table.channel[rows]],
        "OwnerId": crm_user_ids(table.rep[rows]),
        "Territory__c": territory_names(company, company.part(Sales).crm.territory[table.crm[rows]]),
        "Discount__c": table.discount_bp[rows] / 100,
        "Main_Competitor__c": optional(rivals[np.maximum(table.competitor[rows], 0)], table.competitor[rows] != NOBODY),
        "Loss_Reason__c": optional(losses[np.maximum(table.reason[rows], 0)], stage == Stage.LOST),
        "Plan__c": plans[table.plan[rows]],
        "Billing_Interval__c": _INTERVALS[table.interval[rows]],
        "Number_of_Locations__c": table.locations[rows].astype(np.float64),
        "Contract_End__c": dates(table.contract_end_day[rows], table.contract_end_day[rows] != NOBODY),
        "PushCount": table.pushes[rows].astype(np.float64),
        "Closed_At__c": micros(table.closed_at[rows], closed),
        **stamps(table.created_at[rows], table.updated_at[rows]),
    }


def line_items(company: Company, rows: Rows) -> Log:
    """OpportunityLineItem records: one a deal."""
    table = company.part(Sales).deals
    codes = np.array([p.key for p in company.scenario.plans.products], dtype=object)
    return {
        "Id": salesforce("00k", "salesforce/opportunity_line_item", table.number[rows]),
        "OpportunityId": crm_opportunity_ids(table.number[rows]),
        "ProductCode": codes[table.product[rows]],
        "Quantity": table.quantity[rows].astype(np.float64),
        "UnitPrice": np.round(table.amount_minor[rows] / table.quantity[rows]) / 100,
        "Discount": table.discount_bp[rows] / 100,
        "TotalPrice": dollars(table.amount_minor[rows]),
        **stamps(table.created_at[rows], table.updated_at[rows]),
    }


def contracts(company: Company, day: Day, rows: Rows) -> Log:
    """Contract records of yearly deals won today: new ones, trials' and renewals."""
    table = company.part(Sales).deals
    yearly = (
        (table.stage[rows] == Stage.WON) & (table.interval[rows] == Interval.YEAR) & (table.kind[rows] != Deal.UPSELL)
    )
    rows = rows[yearly]
    start = np.where(table.kind[rows] == Deal.RENEWAL, table.contract_end_day[rows], table.close_day[rows] + 1)
    handed = day.fact("deal_won")
    if handed is not None:
        agreed = dict(zip(handed["deal"].tolist(), handed["start_day"].tolist(), strict=True))
        start = np.array([agreed.get(n, s) for n, s in zip(table.number[rows].tolist(), start.tolist(), strict=True)])
    start = np.asarray(start, dtype=np.int64)
    return {
        "Id": salesforce("800", "salesforce/contract", table.number[rows]),
        "AccountId": crm_account_ids(table.crm[rows]),
        "ContractNumber": np.array([f"{n + 1:08d}" for n in table.number[rows].tolist()], dtype=object),
        "Status": np.full(len(rows), "Activated", dtype=object),
        "StartDate": start,
        "EndDate": add_months(start, np.full(len(rows), 12), start) - 1,
        "ContractTerm": np.full(len(rows), 12.0),
        "OwnerId": crm_user_ids(table.rep[rows]),
        "Opportunity__c": crm_opportunity_ids(table.number[rows]),
        "ActivatedDate": table.closed_at[rows] * 1_000_000,
        **stamps(table.closed_at[rows], table.closed_at[rows]),
    }


def history(company: Company, steps: Columns) -> Log:
    """OpportunityHistory records of the day's steps; a deal takes one step a second at most."""
    stage = steps["stage"]
    return {
        "Id": salesforce("008", "salesforce/opportunity_history", (steps["deal"] << 32) + steps["at"]),
        "OpportunityId": crm_opportunity_ids(steps["deal"]),
        "StageName": _STAGES[stage],
        "Amount": dollars(steps["amount_minor"]),
        "Probability": steps["probability"].astype(np.float64),
        "CloseDate": steps["close_day"],
        "ForecastCategory": FORECASTS[stage],
        "CreatedById": crm_user_ids(steps["rep"]),
        "IsDeleted": np.zeros(len(stage), dtype=bool),
        "CreatedDate": steps["at"] * 1_000_000,
    }
