"""Opportunities: opening them, moving them through the stages, winning and losing them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.chance import Chance
from tapflow.business.company import Company
from tapflow.business.customers.pricing import unit_prices
from tapflow.business.customers.state import Channel, Interval
from tapflow.business.day import Day
from tapflow.business.sales.history import record_steps
from tapflow.business.sales.parameters import Deals
from tapflow.business.sales.state import NOBODY, Deal, Sales, Stage, numbered

Rows = NDArray[np.int64]
_WHOLE = 100  # deals are told in whole dollars


def working_hours(day: Day, purpose: str, entity: ArrayLike) -> Rows:
    """Instants between 09:00 and 21:00 UTC, when somebody of the team is at work."""
    return np.asarray(day.start_seconds + 32_400 + (day.chance.uniform(purpose, entity) * 43_200).astype(np.int64))


def open_deals(company: Company, day: Day, at: ArrayLike, **columns: ArrayLike) -> Rows:
    """Add deals at their first stage. Answers their rows.

    Needed: kind, crm, contact, account, prospect, lead, channel, region, industry, locations, plan, interval,
    product, quantity, rep, list_minor, final_day, contract_end_day; amounts in USD minor units a year.
    """
    sales, deals = company.part(Sales), company.scenario.sales.deals
    count = len(np.atleast_1d(np.asarray(columns["crm"])))
    numbers = numbered(sales.next_deal, count)
    sales.next_deal += count
    moments = np.broadcast_to(np.asarray(at, dtype=np.int64), (count,))
    rival = company.lasting().happens("sales/rival", numbers, deals.competitor_share)
    named = company.lasting().choice("sales/competitor", numbers, list(deals.competitors.values()))
    listed = whole_dollars(columns.pop("list_minor"))
    rows = sales.deals.append(
        count,
        **columns,
        number=numbers,
        stage=Stage.DISCOVERY,
        stage_day=moments // 86_400,
        list_minor=listed,
        amount_minor=listed,
        competitor=np.where(rival, named, NOBODY),
        reason=NOBODY,
        created_at=moments,
        closed_at=-1,
        updated_at=moments,
    )
    table = sales.deals
    created = moments // 86_400
    table.due_day[rows] = created + _stage_days(company, rows)
    settled = table.final_day[rows] >= 0
    table.close_day[rows] = np.where(settled, table.final_day[rows], created + _expected_days(deals, table, rows))
    record_steps(company, day, rows, moments, opened=True)
    return rows


def whole_dollars(minor: ArrayLike) -> Rows:
    """Amounts as a rep types them: whole dollars, in minor units."""
    return np.asarray(np.rint(np.asarray(minor, dtype=np.float64) / _WHOLE).astype(np.int64) * _WHOLE)


def _small(deals: Deals, table: Any, rows: Rows) -> NDArray[np.bool_]:
    return np.asarray(table.locations[rows] <= deals.small_locations)


def _stage_days(company: Company, rows: Rows) -> Rows:
    deals, table = company.scenario.sales.deals, company.part(Sales).deals
    stage = np.minimum(table.stage[rows].astype(np.int64), Stage.NEGOTIATION)
    median = np.where(
        _small(deals, table, rows), np.array(deals.stage_days_small)[stage], np.array(deals.stage_days_large)[stage]
    )
    entity = table.number[rows] * 8 + stage
    drawn = company.lasting().lognormal("sales/stage_days", entity, median, deals.stage_sigma)
    return np.maximum(1, np.rint(drawn)).astype(np.int64)


def _expected_days(deals: Deals, table: Any, rows: Rows) -> Rows:
    # What a rep promises: the sum of the stages' medians.
    return np.where(_small(deals, table, rows), round(sum(deals.stage_days_small)), round(sum(deals.stage_days_large)))


def new_business_price(company: Company, day: int, plan: Rows, interval: Rows, taps: Rows) -> Rows:
    """List price of a year, USD minor units."""
    unit = unit_prices(company, day, plan, interval, np.zeros(len(plan), dtype=np.int64))
    return np.asarray(unit * np.where(interval == Interval.YEAR, 1, 12) * taps)


def progress(company: Company, day: Day) -> None:
    """Deals whose stage is over move on or are lost; those that others settle keep pace with the calendar."""
    table = company.part(Sales).deals
    live = np.flatnonzero((table.stage < Stage.WON) & (table.created_at < day.start_seconds))
    own = live[table.final_day[live] < 0]
    due = own[table.due_day[own] <= day.number]
    forward = day.chance.happens("sales/advance", table.number[due], _advance_chance(company, due))
    last = table.stage[due] == Stage.NEGOTIATION
    hopeless = table.kind[due] == Deal.UPSELL  # an attempt without a customer's wish behind it
    close(company, day, due[forward & last & ~hopeless], won=True)
    close(company, day, due[~forward | (last & hopeless)], won=False)
    _advance(company, day, due[forward & ~last])
    _keep_pace(company, day, live[table.final_day[live] >= 0])
    _push(company, day)


def _advance_chance(company: Company, rows: Rows) -> NDArray[np.float64]:
    deals, sales = company.scenario.sales.deals, company.part(Sales)
    table = sales.deals
    chance = np.array(deals.advance)[table.stage[rows].astype(np.int64)]
    chance = chance * np.where(table.competitor[rows] >= 0, deals.competitor_factor, 1.0)
    warm = np.isin(table.channel[rows], (Channel.PARTNER, Channel.REFERRAL))
    return np.asarray(
        np.minimum(chance * np.where(warm, deals.warm_factor, 1.0) * sales.reps.skill[table.rep[rows]], 1)
    )


def _advance(company: Company, day: Day, rows: Rows) -> None:
    if len(rows) == 0:
        return
    table = company.part(Sales).deals
    table.stage[rows] += 1
    table.stage_day[rows] = day.number
    _price(company, rows[table.stage[rows] == Stage.PROPOSAL])
    table.due_day[rows] = day.number + _stage_days(company, rows)
    at = working_hours(day, "sales/advance_at", table.number[rows])
    table.updated_at[rows] = np.maximum(at, table.updated_at[rows] + 1)
    record_steps(company, day, rows, table.updated_at[rows])


def _price(company: Company, rows: Rows) -> None:
    """At the proposal the discount is named; deals about a customer's own wish get half as often one."""
    deals, table, chance = company.scenario.sales.deals, company.part(Sales).deals, company.lasting()
    share = deals.discount_share * np.where(_small(deals, table, rows), 1.0, deals.large_discount_factor)
    share = share * np.where(np.isin(table.kind[rows], (Deal.NEW, Deal.TRIAL)), 1.0, 0.5)
    given = chance.happens("sales/discounted", table.number[rows], share)
    steps = 1 + chance.choice("sales/discount", table.number[rows], deals.discount_steps)
    table.discount_bp[rows] = np.where(given, steps * deals.discount_step_bp, 0)
    table.amount_minor[rows] = whole_dollars(table.list_minor[rows] * (10_000 - table.discount_bp[rows]) / 10_000)


def _keep_pace(company: Company, day: Day, rows: Rows) -> None:
    table = company.part(Sales).deals
    opened = table.created_at[rows] // 86_400
    length = np.maximum(table.final_day[rows] - opened, 1)
    planned = np.minimum((day.number - opened) * 4 // length, int(Stage.NEGOTIATION))
    _advance(company, day, rows[(planned > table.stage[rows]) & (table.stage[rows] < Stage.NEGOTIATION)])


def _push(company: Company, day: Day) -> None:
    """Overdue close dates are moved, not always at once: until then the deal has slipped."""
    table, deals = company.part(Sales).deals, company.scenario.sales.deals
    live = np.flatnonzero((table.stage < Stage.WON) & (table.close_day < day.number))
    pushed = live[day.chance.happens("sales/push", table.number[live], deals.push_share)]
    if len(pushed) == 0:
        return
    days = day.chance.lognormal("sales/push_days", table.number[pushed], deals.push_days_median, deals.push_days_sigma)
    table.close_day[pushed] = day.number + np.maximum(3, np.rint(days)).astype(np.int64)
    table.pushes[pushed] += 1
    at = np.maximum(working_hours(day, "sales/push_at", table.number[pushed]), table.updated_at[pushed] + 1)
    table.updated_at[pushed] = at
    record_steps(company, day, pushed, at)


def close(company: Company, day: Day, rows: Rows, won: bool, reason: int | None = None) -> None:
    """Win or lose deals today; a won deal of a prospect is handed to the customers."""
    if len(rows) == 0:
        return
    sales, deals = company.part(Sales), company.scenario.sales.deals
    table = sales.deals
    table.stage[rows] = Stage.WON if won else Stage.LOST
    at = np.maximum(working_hours(day, "sales/close_at", table.number[rows]), table.updated_at[rows] + 1)
    at = np.minimum(at, day.end_seconds - 1)
    table.stage_day[rows] = day.number
    table.close_day[rows] = day.number
    table.closed_at[rows] = at
    table.updated_at[rows] = at
    if not won:
        drawn = day.chance.choice("sales/loss", table.number[rows], list(deals.loss_reasons.values()))
        table.reason[rows] = drawn if reason is None else reason
    record_steps(company, day, rows, at)
    if won:
        _hand_over(company, day, rows[table.kind[rows] == Deal.NEW])


def _hand_over(company: Company, day: Day, rows: Rows) -> None:
    if len(rows) == 0:
        return
    sales = company.part(Sales)
    table = sales.deals
    first, last = company.scenario.sales.deals.start_days
    chance: Chance = day.chance
    sales.signed.append(prospect=table.prospect[rows], crm=table.crm[rows])
    day.emit(
        "deal_won",
        deal=table.number[rows].copy(),
        prospect=table.prospect[rows].copy(),
        channel=table.channel[rows].astype(np.int64),
        at=table.closed_at[rows].copy(),
        region=table.region[rows].astype(np.int64),
        industry=table.industry[rows].astype(np.int64),
        locations_wanted=table.locations[rows].astype(np.int64),
        plan=table.plan[rows].astype(np.int64),
        interval=table.interval[rows].astype(np.int64),
        discount_bp=table.discount_bp[rows].astype(np.int64),
        start_day=day.number + chance.integers("sales/start", table.number[rows], first, last + 1),
        rep=table.rep[rows].astype(np.int64),
    )
