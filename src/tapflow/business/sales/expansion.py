"""Deals with accounts that exist: trials that sales works, renewals, upsells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.book import Customers
from tapflow.business.customers.growth import Growth
from tapflow.business.customers.pricing import unit_prices
from tapflow.business.customers.state import NEVER, AccountStatus, Interval, Plan
from tapflow.business.day import Day
from tapflow.business.sales import crm
from tapflow.business.sales.deals import close, open_deals, working_hours
from tapflow.business.sales.state import NOBODY, Deal, Sales, Stage

Rows = NDArray[np.int64]


def settle(company: Company, day: Day) -> None:
    """Close the deals that the account's own life decided yesterday or decides today."""
    table, book = company.part(Sales).deals, company.accounts
    live = np.flatnonzero((table.stage < Stage.WON) & (table.account >= 0) & (table.created_at < day.start_seconds))
    account = table.account[live]
    status, kind = book.status[account], table.kind[live]
    left = np.isin(status, (AccountStatus.CHURNED, AccountStatus.EXPIRED))
    on_trial = kind == Deal.TRIAL
    paid = on_trial & (book.first_paid_day[account] != NEVER)
    renewal = kind == Deal.RENEWAL
    renewed = renewal & (book.contract_end_day[account] > table.contract_end_day[live]) & ~left
    overdue = table.contract_end_day[live] + 14 < day.number  # monthly billing since, or a pause: no new contract
    upsell = (kind == Deal.UPSELL) & (table.final_day[live] >= 0)
    reached = upsell & (table.final_day[live] <= day.number) & (status == AccountStatus.ACTIVE)
    won = paid | renewed | reached
    lost = ~won & (left | (renewal & overdue) | (upsell & (table.final_day[live] <= day.number)))
    close(company, day, live[won], won=True)
    close(company, day, live[lost], won=False)


def open_renewals(company: Company, day: Day, first: bool = False) -> None:
    """Contracts that end within the lead time get a renewal; on the first day with the dates they should have had."""
    sales, book = company.part(Sales), company.accounts
    lead = company.scenario.sales.expansion.renewal_lead_days
    due = np.flatnonzero(
        (book.status == AccountStatus.ACTIVE)
        & (book.interval == Interval.YEAR)
        & (book.contract_end_day > day.number)
        & (book.contract_end_day <= day.number + lead)
        & (sales.accounts.renewal_end_day != book.contract_end_day)
        & (sales.accounts.crm != NOBODY)
    )
    if len(due) == 0:
        return
    end = book.contract_end_day[due].astype(np.int64)
    sales.accounts.renewal_end_day[due] = end
    at = working_hours(day, "sales/renewal_at", due)
    if first:
        at = at - (day.number - (end - lead)) * 86_400
        at = np.maximum(at, book.created_at[due] + 3_600)
    _open(company, day, due, at, Deal.RENEWAL, crm.true_arr(company)[due], book.plan[due], book.taps[due], end)


def open_upsells(company: Company, day: Day) -> None:
    """Expansions that customers decided on yesterday become deals; some more are tried in vain."""
    intents, book = company.part(Customers).intents, company.accounts
    fresh = np.flatnonzero((intents.decided_day == day.number - 1) & ~intents.done)
    fresh = fresh[company.part(Sales).accounts.crm[intents.account[fresh]] != NOBODY]
    if len(fresh):
        account = intents.account[fresh]
        price, product, quantity = _wish(company, day, account, intents.kind[fresh], intents.amount[fresh])
        at = working_hours(day, "sales/upsell_at", account)
        _open(company, day, account, at, Deal.UPSELL, price, product, quantity, intents.due_day[fresh])
    tried = np.flatnonzero((book.status == AccountStatus.ACTIVE) & book.sales_assisted)
    tried = tried[day.chance.happens("sales/attempt", tried, company.scenario.sales.expansion.upsell_attempts)]
    tried = tried[company.part(Sales).accounts.crm[tried] != NOBODY]
    if len(tried):
        kind = day.chance.integers("sales/attempt_kind", tried, 0, len(Growth))
        price, product, quantity = _wish(company, day, tried, kind, np.ones(len(tried), dtype=np.int64))
        at = working_hours(day, "sales/attempt_at", tried)
        _open(company, day, tried, at, Deal.UPSELL, price, product, quantity, np.full(len(tried), NOBODY))


def _wish(company: Company, day: Day, accounts: Rows, kind: Rows, amount: Rows) -> tuple[Rows, Rows, Rows]:
    """What an expansion is worth a year in USD minor units, its product, and how many taps it is about."""
    book, scenario = company.accounts, company.scenario
    mean = np.array([i.taps_mean for i in scenario.customers.industries])[book.industry[accounts].astype(np.int64)]
    plan = book.plan[accounts].astype(np.int64)
    higher = np.minimum(plan + 1, int(Plan.ENTERPRISE))
    add_on = scenario.plans.product_row(scenario.plans.add_ons[0].product)
    whole = np.maximum(book.taps[accounts], 1)
    more = np.where(kind == Growth.LOCATIONS, np.rint(amount * mean), amount).astype(np.int64)
    larger = np.isin(kind, (Growth.LOCATIONS, Growth.TAPS))
    taps = np.maximum(np.where(larger, more, whole), 1)
    product = np.where(kind == Growth.PLAN, higher, np.where(kind == Growth.PRODUCT, add_on, plan))
    dollars = np.zeros(len(accounts), dtype=np.int64)
    interval = book.interval[accounts].astype(np.int64)
    unit = unit_prices(company, day.number, product, interval, dollars)
    unit = unit - np.where(kind == Growth.PLAN, unit_prices(company, day.number, plan, interval, dollars), 0)
    worth = unit * np.where(interval == Interval.YEAR, 1, 12) * taps
    return np.maximum(worth, 12_000), product, taps


def _open(
    company: Company, day: Day, accounts: Rows, at: Rows, kind: Deal, price: Rows, product: Rows, quantity: Rows,
    final_day: Rows,
) -> None:  # fmt: skip
    sales, book = company.part(Sales), company.accounts
    rows = sales.accounts.crm[accounts]
    open_deals(
        company,
        day,
        at,
        kind=np.full(len(accounts), kind),
        crm=rows,
        contact=crm.first_contacts(company, rows),
        account=accounts,
        prospect=book.prospect[accounts],
        lead=NOBODY,
        channel=book.channel[accounts],
        region=book.country[accounts],
        industry=book.industry[accounts],
        locations=np.maximum(book.locations[accounts], 1),
        plan=book.plan[accounts],
        interval=book.interval[accounts],
        product=product,
        quantity=np.maximum(quantity, 1),
        rep=sales.crm.rep[rows],
        list_minor=price,
        final_day=final_day,
        contract_end_day=final_day if kind is Deal.RENEWAL else NOBODY,
    )


def signal(company: Company) -> None:
    """Tell the customers' hazards with whom an upsell is being talked about."""
    table = company.part(Sales).deals
    talking = (table.stage < Stage.WON) & (table.kind == Deal.UPSELL) & (table.account >= 0)
    company.accounts.signal_upsell[:] = 0.0
    company.accounts.signal_upsell[table.account[talking]] = company.scenario.sales.expansion.upsell_signal
