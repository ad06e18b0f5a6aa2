"""Accounts move to another territory: a realignment, a named account, somebody's exception."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.sales import team
from tapflow.business.sales.state import Sales, Stage, numbered
from tapflow.core.vendor_ids import crm_account_ids


def reassign(company: Company, day: Day) -> None:
    """Some CRM accounts get another territory and a rep of it, who takes their open deals."""
    if day.number == company.first_day:
        return  # the first day's log shows what is there, not how it came to be
    sales, parameters = company.part(Sales), company.scenario.sales
    crm, last = sales.crm, len(parameters.territories) - 1
    known = np.flatnonzero((crm.original < 0) & ~crm.deleted & (crm.created_at < day.start_seconds))
    rows = known[day.chance.happens("sales/reassigned", known, parameters.team.reassigned)]
    if len(rows) == 0 or last == 0:
        return
    before = crm.territory[rows].astype(np.int64)
    after = before + np.where(day.chance.happens("sales/next_territory", rows, 0.5), 1, -1)
    after = np.where(after < 0, 1, np.where(after > last, last - 1, after))
    at = day.start_seconds + 34_200
    crm.territory[rows] = after
    crm.rep[rows] = team.reps_in(company, rows, after)
    crm.updated_at[rows] = at
    customers = rows[crm.account[rows] >= 0]
    company.accounts.sales_rep[crm.account[customers]] = crm.rep[customers]
    moved = np.flatnonzero(np.isin(sales.deals.crm, rows) & (sales.deals.stage < Stage.WON))
    sales.deals.rep[moved] = crm.rep[sales.deals.crm[moved]]
    sales.deals.updated_at[moved] = at
    numbers = numbered(sales.next_territory_change, len(rows))
    sales.next_territory_change += len(rows)
    day.emit("crm_territory_changed", change=numbers, crm=rows, before=before, after=after, at=at)
    day.tell(
        "sales_territory",
        crm_account=crm_account_ids(rows),
        account=crm.account[rows],
        territory=team.territory_names(company, after),
        previous_territory=team.territory_names(company, before),
        rep=crm.rep[rows].astype(np.int64),
        at=np.full(len(rows), at * 1_000_000),
    )
