"""Calls, mails and meetings of the day."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.sales.deals import working_hours
from tapflow.business.sales.state import NOBODY, Deal, LeadStatus, Sales, Stage, numbered

Rows = NDArray[np.int64]
CALL, MAIL, TASK, MEETING = 0, 1, 2, 3
KINDS = ("call", "email", "task", "meeting")


def carry_out(company: Company, day: Day) -> None:
    """What the team did today: first answers, follow-ups, work on deals, a meeting at each demo and negotiation."""
    _answer(company, day)
    _follow_up(company, day)
    _work_deals(company, day)
    _meet(company, day)


def _answer(company: Company, day: Day) -> None:
    answered = day.fact("lead_answered")
    if answered is None:
        return
    kind = day.chance.integers("sales/answer_kind", answered["lead"], CALL, MAIL + 1)
    _record(company, day, kind, answered["at"], answered["rep"], lead=answered["lead"])


def _follow_up(company: Company, day: Day) -> None:
    leads = company.part(Sales).leads
    rows = np.flatnonzero((leads.status == LeadStatus.WORKING) & (leads.respond_at < day.start_seconds))
    rate = company.scenario.sales.activities.lead_follow_ups
    rows = np.repeat(rows, day.chance.poisson("sales/follow_ups", leads.number[rows], rate))
    entity = leads.number[rows] * 64 + _position(rows)
    kind = day.chance.choice("sales/follow_kind", entity, (5, 4, 1))
    at = working_hours(day, "sales/follow_at", entity)
    _record(company, day, kind, at, leads.rep[rows], lead=leads.number[rows])


def _work_deals(company: Company, day: Day) -> None:
    table, parameters = company.part(Sales).deals, company.scenario.sales.activities
    rows = np.flatnonzero((table.stage < Stage.WON) & (table.created_at < day.start_seconds))
    by_stage = np.array(parameters.opportunity_daily)[table.stage[rows].astype(np.int64)]
    rate = np.where(table.kind[rows] == Deal.RENEWAL, parameters.renewal_daily, by_stage)
    rows = np.repeat(rows, day.chance.poisson("sales/activity", table.number[rows], rate))
    entity = table.number[rows] * 64 + _position(rows)
    kind = day.chance.choice("sales/activity_kind", entity, (4, 5, 2, 1))
    at = working_hours(day, "sales/activity_at", entity)
    _record_for_deals(company, day, kind, at, rows)


def _meet(company: Company, day: Day) -> None:
    table = company.part(Sales).deals
    entered = (table.stage_day == day.number) & (table.created_at < day.start_seconds)
    rows = np.flatnonzero(entered & np.isin(table.stage, (Stage.DEMO, Stage.NEGOTIATION)))
    _record_for_deals(company, day, np.full(len(rows), MEETING), table.updated_at[rows] - 1, rows)


def _record_for_deals(company: Company, day: Day, kind: Rows, at: Rows, rows: Rows) -> None:
    table = company.part(Sales).deals
    _record(company, day, kind, at, table.rep[rows], deal=table.number[rows], contact=table.contact[rows],
            crm=table.crm[rows])  # fmt: skip


def _record(
    company: Company, day: Day, kind: Rows, at: Rows, rep: Rows, lead: ArrayLike = NOBODY, deal: ArrayLike = NOBODY,
    contact: ArrayLike = NOBODY, crm: ArrayLike = NOBODY,
) -> None:  # fmt: skip
    if len(kind) == 0:
        return
    sales, lengths = company.part(Sales), np.array(company.scenario.sales.activities.meeting_minutes)
    numbers = numbered(sales.next_activity, len(kind))
    sales.next_activity += len(kind)
    minutes = lengths[company.lasting().integers("sales/minutes", numbers, 0, len(lengths))]
    minutes = np.where(kind == MEETING, minutes, 0)
    facts = {"kind": kind, "at": at, "rep": np.asarray(rep).astype(np.int64), "minutes": minutes}
    links = {"lead": np.array(lead), "deal": np.array(deal), "contact": np.array(contact), "crm": np.array(crm)}
    day.emit("sales_activity", activity=numbers, **facts, **links)
    day.tell(
        "sales_activity",
        activity=numbers,
        kind=np.array(KINDS, dtype=object)[kind],
        at=at * 1_000_000,
        rep=facts["rep"],
        lead=links["lead"],
        deal=links["deal"],
    )


def _position(rows: Rows) -> Rows:
    """Which repetition of its row each entry is: 0, 1, ... (entries of a row stand together)."""
    if len(rows) == 0:
        return rows
    starts = np.flatnonzero(np.diff(rows, prepend=rows[0] - 1))
    return np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
