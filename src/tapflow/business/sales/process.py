"""A day of sales, in order, and its share of the starting population."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.sales import activities, crm, deals, expansion, leads, mess, team, territories
from tapflow.business.sales.founding import found
from tapflow.business.sales.ledger import tell_stocks
from tapflow.business.sales.state import Deal, Sales, Stage, forget

__all__ = ["found", "step"]


def step(company: Company, day: Day) -> None:
    """One day: the team, leads, deals, the CRM's nightly job, what goes wrong in it, and what was done."""
    if day.number > company.first_day:
        forget(company.part(Sales), day.start_seconds)
    crm.follow_spine(company)
    team.change(company, day)
    if team.quarter_start(day.number):
        team.set_quotas(company, day)
    territories.reassign(company, day)
    crm.link_signed(company, day)
    crm.synchronise(company, day)
    crm.follow_people(company, day)
    leads.arrive(company, day)
    leads.work(company, day)
    expansion.settle(company, day)
    deals.progress(company, day)
    expansion.open_renewals(company, day)
    expansion.open_upsells(company, day)
    crm.book_won(company, day)
    mess.clutter(company, day)
    mess.tell_not_closed(company, day)
    activities.carry_out(company, day)
    expansion.signal(company)
    _count_bookings(company, day)
    tell_stocks(company, day)


def _count_bookings(company: Company, day: Day) -> None:
    # Renewals keep what is there: quotas are about new business and upsells.
    sales = company.part(Sales)
    table = sales.deals
    won = (table.stage == Stage.WON) & (table.kind != Deal.RENEWAL) & (table.closed_at >= day.start_seconds)
    sales.bookings_by_day = [*sales.bookings_by_day[-90:], int(np.sum(table.amount_minor[won]))]
