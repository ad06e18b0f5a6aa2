"""Sales before the first day: the team, the CRM's accounts, won deals of the past, a pipeline that has grown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER, Channel, Role
from tapflow.business.day import Columns, Day
from tapflow.business.sales import crm, deals, expansion, leads, mess, team
from tapflow.business.sales.history import record_steps
from tapflow.business.sales.state import NOBODY, CrmType, Deal, LeadKind, Sales, Stage, forget, joined, kept

Rows = NDArray[np.int64]
_BOOKINGS_OF_A_QUARTER = 91
_PROSPECTS_OF_THE_PAST = 900_000  # their numbers within a day: apart from those that marketing gives


def found(company: Company, day: Day) -> None:
    """Build what sales and its CRM hold at the first day's beginning."""
    sales = company.part(Sales)
    team.found(company, day)
    crm.follow_spine(company)
    _enter_customers(company, day)
    _past_deals(company, day)
    expansion.open_renewals(company, day, first=True)
    _warm_up(company, day)
    each = _past_bookings(company, day)
    sales.bookings_by_day = [each] * _BOOKINGS_OF_A_QUARTER
    if not team.quarter_start(day.number):
        team.set_quotas(company, day)


def _enter_customers(company: Company, day: Day) -> None:
    """Every customer of the first day stands in the CRM, since it came; some of them twice."""
    sales, book, users = company.part(Sales), company.accounts, company.users
    accounts = np.flatnonzero(book.first_paid_day != NEVER)
    at = book.created_at[accounts]
    rows = crm.add_accounts(
        company, day, at, accounts, NOBODY, book.country[accounts], book.industry[accounts],
        np.maximum(book.locations[accounts], 1), CrmType.CUSTOMER,
    )  # fmt: skip
    sales.accounts.crm[accounts] = rows
    book.sales_rep[accounts] = sales.crm.rep[rows]
    people = np.flatnonzero((users.account >= 0) & np.isin(users.role, (Role.OWNER, Role.MANAGER)))
    people = people[sales.accounts.crm[users.account[people]] != NOBODY]
    crm.add_contacts(company, day, users.created_at[people], sales.accounts.crm[users.account[people]], people, NOBODY)
    sales.seen_users = len(users)
    arr = crm.true_arr(company)[accounts]
    crm.record_arr(company, day, rows, np.zeros(len(rows), dtype=np.int64), arr, day.start_seconds + 9_000)
    sales.crm.arr_minor[rows] = arr
    twice = rows[company.lasting().happens("sales/account_twice", rows, company.scenario.sales.mess.duplicate_accounts)]
    mess.repeat_accounts(company, day, twice, "duplicate_account")


def _past_deals(company: Company, day: Day) -> None:
    """The won deals of customers that sales brought, closed when they came."""
    sales, book = company.part(Sales), company.accounts
    accounts = np.flatnonzero(book.sales_assisted & (sales.accounts.crm != NOBODY))
    closed = book.created_at[accounts] - 7 * 86_400
    cycle = 20 + company.lasting().integers("sales/past_cycle", accounts, 0, 60)
    amount = deals.whole_dollars(crm.true_arr(company)[accounts])
    rows = deals.open_deals(
        company, day, closed - cycle * 86_400, kind=np.full(len(accounts), Deal.NEW),
        crm=sales.accounts.crm[accounts], contact=crm.first_contacts(company, sales.accounts.crm[accounts]),
        account=accounts, prospect=NOBODY, lead=NOBODY, channel=book.channel[accounts],
        region=book.country[accounts], industry=book.industry[accounts], locations=book.locations[accounts],
        plan=book.plan[accounts], interval=book.interval[accounts], product=book.plan[accounts].astype(np.int64),
        quantity=np.maximum(book.taps[accounts], 1), rep=book.sales_rep[accounts], list_minor=amount,
        final_day=NOBODY, contract_end_day=NOBODY,
    )  # fmt: skip
    table = sales.deals
    table.stage[rows] = Stage.WON
    table.stage_day[rows] = closed // 86_400
    table.close_day[rows] = closed // 86_400
    table.closed_at[rows] = closed
    table.updated_at[rows] = closed
    table.discount_bp[rows] = book.discount_bp[accounts]
    record_steps(company, day, rows, closed)


def _warm_up(company: Company, day: Day) -> None:
    """Let leads come and deals move for some months before the first day; only what is still open remains."""
    sales = company.part(Sales)
    past, sales.deals = sales.deals, kept(sales.deals, np.zeros(len(sales.deals), dtype=bool))
    earlier_days = []
    for number in range(day.number - company.scenario.sales.warm_up_days, day.number):
        earlier = Day(number, company.chance(number))
        forget(sales, earlier.start_seconds)
        _arrivals(company, earlier)
        leads.work(company, earlier)
        deals.progress(company, earlier)
        earlier_days.append(earlier)
    forget(sales, day.start_seconds)
    sales.signed = kept(sales.signed, np.zeros(len(sales.signed), dtype=bool))
    for earlier in earlier_days:
        told = earlier.ledger()
        _again(day.emit, "opportunity_step", earlier.fact("opportunity_step"), "deal", sales.deals.number)
        _again(day.tell, "sales_step", told.get("sales_step"), "deal", sales.deals.number)
        _again(day.tell, "sales_lead", told.get("sales_lead"), "lead", sales.leads.number)
        _again(day.tell, "mess", told.get("mess"), "system", np.array(["salesforce"], dtype=object))
        _again(day.emit, "lead_answered", earlier.fact("lead_answered"), "lead", sales.leads.number)
    sales.deals = joined(past, sales.deals)


def _arrivals(company: Company, day: Day) -> None:
    """As many leads as marketing brings on an ordinary day."""
    scenario, chance = company.scenario, day.chance
    count = int(chance.poisson("sales/warm_up", 0, scenario.size.accounts * scenario.sales.warm_up_leads)[0])
    prospects = day.number * 1_000_000 + _PROSPECTS_OF_THE_PAST + np.arange(count)
    wanted = (1 - chance.uniform("sales/wanted", prospects)) ** (-1 / scenario.customers.locations_tail)
    if count:
        leads.enter(
            company,
            day,
            np.sort(day.start_seconds + (chance.uniform("sales/came_at", prospects) * 80_000).astype(np.int64)),
            NOBODY,
            prospect=prospects,
            channel=chance.integers("sales/channel", prospects, 0, len(Channel)),
            region=chance.choice("sales/region", prospects, [r.weight for r in scenario.customers.regions]),
            industry=chance.choice("sales/industry", prospects, [i.weight for i in scenario.customers.industries]),
            locations_wanted=np.minimum(wanted, scenario.customers.locations_most).astype(np.int64),
            kind=chance.integers("sales/kind", prospects, LeadKind.DEMO, LeadKind.SIGNUP),
        )


def _again(write: Callable[..., None], name: str, columns: Columns | None, key: str, wanted: Rows) -> None:
    """Say on the first day what was said before it, for what is still open."""
    if columns is not None:
        mask = np.isin(columns[key], wanted)
        write(name, **{k: v[mask] for k, v in columns.items()})


def _past_bookings(company: Company, day: Day) -> int:
    """Bookings of a day, from the quarter before the first."""
    table = company.part(Sales).deals
    recent = (table.stage == Stage.WON) & (table.close_day >= day.number - _BOOKINGS_OF_A_QUARTER)
    return int(np.sum(table.amount_minor[recent])) // _BOOKINGS_OF_A_QUARTER
