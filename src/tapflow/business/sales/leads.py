"""Leads: how they come in, who answers them, which of them become deals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import AccountStatus
from tapflow.business.day import Day
from tapflow.business.sales import crm, team
from tapflow.business.sales.deals import new_business_price, open_deals, working_hours
from tapflow.business.sales.state import NOBODY, Deal, LeadKind, LeadStatus, Sales, kept, numbered

Rows = NDArray[np.int64]
SELF_SERVE = NOBODY - 1  # the reason of a sign-up that nobody worked: its trial ended


def arrive(company: Company, day: Day) -> None:
    """Take in the day's prospects, and yesterday's sign-ups, which the product hands over by night.

    A person whom sales knows is no new lead; if it signed up by itself, its lead or deal learns the account.
    """
    sales, book = company.part(Sales), company.accounts
    sales.known = kept(sales.known, sales.known.day > day.number - company.scenario.sales.leads.known_days)
    fresh = np.flatnonzero((book.created_day == day.number - 1) & (book.status != AccountStatus.SIGNED))
    fresh = fresh[book.prospect[fresh] >= 0]
    if len(fresh):
        crm.link_prospects(company, day, fresh)
        _link_leads(sales, fresh, book.prospect[fresh])
        fresh = fresh[~np.isin(book.prospect[fresh], sales.known.prospect)]
        enter(
            company,
            day,
            day.start_seconds + 3_600 + 20 * np.arange(len(fresh)) % 3_000,
            fresh,
            prospect=book.prospect[fresh],
            channel=book.channel[fresh],
            region=book.country[fresh],
            industry=book.industry[fresh],
            locations_wanted=np.maximum(book.locations[fresh], 1),
            kind=int(LeadKind.SIGNUP),
        )
    created = day.fact("lead_created")
    if created is not None:
        _, first = np.unique(created["prospect"], return_index=True)
        first = np.sort(first[~np.isin(created["prospect"][first], sales.known.prospect)])
        who = {name: created[name][first] for name in _FROM_MARKETING}
        enter(company, day, created["at"][first], NOBODY, **who)


_FROM_MARKETING = ("prospect", "channel", "region", "industry", "locations_wanted", "kind")


def _link_leads(sales: Sales, accounts: Rows, prospects: Rows) -> None:
    leads = sales.leads
    order = np.argsort(prospects, kind="stable")
    place = np.minimum(np.searchsorted(prospects[order], leads.prospect), len(order) - 1)
    found = np.flatnonzero((prospects[order[place]] == leads.prospect) & (leads.status < LeadStatus.QUALIFIED))
    leads.account[found] = accounts[order[place[found]]]


def enter(company: Company, day: Day, at: ArrayLike, account: ArrayLike, **who: ArrayLike) -> Rows:
    """Add leads and draw what will become of them; the ledger is told. Answers their rows."""
    sales, parameters = company.part(Sales), company.scenario.sales.leads
    count = len(np.atleast_1d(np.asarray(who["prospect"])))
    numbers = numbered(sales.next_lead, count)
    sales.next_lead += count
    kind = np.broadcast_to(np.asarray(who["kind"], dtype=np.int64), (count,))
    moments = np.broadcast_to(np.asarray(at, dtype=np.int64), (count,))
    wanted = np.asarray(who["locations_wanted"])
    worth = (kind != LeadKind.SIGNUP) | (wanted >= parameters.signup_locations)
    sales.known.append(count, prospect=who["prospect"], day=int(day.number))
    chance = company.lasting()
    handed = worth & chance.happens("sales/mql", numbers, np.array(parameters.marketing_qualified)[kind])
    hours = chance.lognormal("sales/response", numbers, parameters.response_hours_median, parameters.response_sigma)
    respond = moments + np.maximum(60, hours * 3_600).astype(np.int64)
    wait = chance.lognormal("sales/decision", numbers, parameters.decision_days_median, parameters.decision_sigma)
    rows = sales.leads.append(
        number=numbers,
        original=NOBODY,
        prospect=who["prospect"],
        account=account,
        channel=who["channel"],
        region=who["region"],
        industry=who["industry"],
        locations=wanted,
        kind=kind,
        status=np.where(handed, LeadStatus.NEW, LeadStatus.NURTURING),
        reason=NOBODY,
        rep=team.reps_for(company, numbers, who["region"]),
        marketing_qualified=handed,
        created_at=moments,
        respond_at=respond,
        decide_day=respond // 86_400 + 1 + wait.astype(np.int64),
        crm=NOBODY,
        contact=NOBODY,
        opportunity=NOBODY,
        updated_at=moments,
    )
    _tell(company, day, rows, "created", moments)
    return rows


def work(company: Company, day: Day) -> None:
    """First answers, decisions, and the end of what nobody works."""
    _respond(company, day)
    _decide(company, day)
    _settle_nurtured(company, day)


def _respond(company: Company, day: Day) -> None:
    leads = company.part(Sales).leads
    due = np.flatnonzero((leads.status == LeadStatus.NEW) & (leads.respond_at < day.end_seconds) & (leads.original < 0))
    at = np.maximum(leads.respond_at[due], day.start_seconds)
    leads.status[due] = LeadStatus.WORKING
    leads.updated_at[due] = at
    _tell(company, day, due, "responded", at)
    day.emit("lead_answered", lead=leads.number[due], rep=leads.rep[due].astype(np.int64), at=at)


def _decide(company: Company, day: Day) -> None:
    leads, parameters = company.part(Sales).leads, company.scenario.sales.leads
    due = np.flatnonzero((leads.status == LeadStatus.WORKING) & (leads.decide_day <= day.number))
    # A sign-up that already decided for itself needs no deal.
    account = np.maximum(leads.account[due], 0)
    settled = (leads.account[due] >= 0) & (company.accounts.status[account] != AccountStatus.TRIAL)
    quality = np.array(parameters.qualified)[leads.kind[due].astype(np.int64)]
    good = day.chance.happens("sales/qualified", leads.number[due], quality)
    convert(company, day, due[good & ~settled])
    reasons = day.chance.choice("sales/reason", leads.number[due], list(parameters.reasons.values()))
    reject(company, day, due[~good & ~settled], reasons[~good & ~settled])
    leads.status[due[settled]] = LeadStatus.NURTURING


def _settle_nurtured(company: Company, day: Day) -> None:
    """Sign-ups that nobody works end with their trial: customers are linked to their account, others closed."""
    leads, book = company.part(Sales).leads, company.accounts
    rows = np.flatnonzero((leads.status == LeadStatus.NURTURING) & (leads.original < 0))
    account = leads.account[rows]
    known = account >= 0
    paying = known & (book.first_paid_day[np.maximum(account, 0)] >= 0)
    over = known & np.isin(book.status[np.maximum(account, 0)], (AccountStatus.EXPIRED, AccountStatus.CHURNED))
    old = leads.created_at[rows] < day.start_seconds - company.scenario.sales.leads.nurture_days * 86_400
    reject(company, day, rows[~paying & (over | old)], SELF_SERVE)
    won = rows[paying]
    if len(won) == 0:
        return
    at = day.start_seconds + 7_200
    found = crm.ensure_accounts(company, day, leads.account[won], at)
    _closed(company, day, won, found, crm.first_contacts(company, found), np.full(len(won), NOBODY), at)


def reject(company: Company, day: Day, rows: Rows, reason: ArrayLike) -> None:
    """Close leads that are not to become deals."""
    leads = company.part(Sales).leads
    at = np.maximum(working_hours(day, "sales/reject_at", leads.number[rows]), leads.updated_at[rows] + 1)
    leads.status[rows] = LeadStatus.UNQUALIFIED
    leads.reason[rows] = reason
    leads.updated_at[rows] = at
    _tell(company, day, rows, "unqualified", at)


def convert(company: Company, day: Day, rows: Rows) -> None:
    """Qualify leads: each becomes a CRM account with a contact, and a deal."""
    if len(rows) == 0:
        return
    sales, parameters = company.part(Sales), company.scenario
    leads = sales.leads
    at = np.maximum(working_hours(day, "sales/convert_at", leads.number[rows]), leads.updated_at[rows] + 1)
    found = crm.accounts_of_leads(company, day, rows, at)
    contact = crm.first_contacts(company, found)
    numbers, account = leads.number[rows], leads.account[rows]
    large = leads.locations[rows] >= parameters.customers.growth.large_locations
    plans = parameters.plans.plans
    chance = company.lasting()
    plan = np.where(
        large,
        chance.choice("sales/plan", numbers, [p.large_weight for p in plans]),
        chance.choice("sales/plan", numbers, [p.weight for p in plans]),
    )
    interval = chance.happens("sales/yearly", numbers, parameters.sales.deals.yearly_share).astype(np.int64)
    mean = np.array([i.taps_mean for i in parameters.customers.industries])[leads.industry[rows].astype(np.int64)]
    off = chance.lognormal("sales/taps", numbers, 1.0, parameters.sales.deals.taps_guess_sigma)
    guessed = leads.locations[rows] * mean * off
    taps = np.maximum(1, np.rint(guessed)).astype(np.int64)
    on_trial = account >= 0
    trial_end = company.accounts.trial_end_day[np.maximum(account, 0)]
    deals = open_deals(
        company,
        day,
        at,
        kind=np.where(on_trial, Deal.TRIAL, Deal.NEW),
        crm=found,
        contact=contact,
        account=account,
        prospect=leads.prospect[rows],
        lead=numbers,
        channel=leads.channel[rows],
        region=leads.region[rows],
        industry=leads.industry[rows],
        locations=leads.locations[rows],
        plan=plan,
        interval=interval,
        product=plan,
        quantity=taps,
        rep=leads.rep[rows],
        list_minor=new_business_price(company, day.number, plan, interval, taps),
        final_day=np.where(on_trial, np.maximum(trial_end, day.number + 1), NOBODY),
        contract_end_day=NOBODY,
    )
    _closed(company, day, rows, found, contact, sales.deals.number[deals], at)


def _closed(
    company: Company, day: Day, rows: Rows, found: Rows, contact: Rows, opportunity: Rows, at: ArrayLike
) -> None:
    leads = company.part(Sales).leads
    moments = np.broadcast_to(np.asarray(at, dtype=np.int64), (len(rows),))
    leads.status[rows] = LeadStatus.QUALIFIED
    leads.crm[rows] = found
    leads.contact[rows] = contact
    leads.opportunity[rows] = opportunity
    leads.updated_at[rows] = moments
    worked = opportunity >= 0
    _tell(company, day, rows[worked], "qualified", moments[worked])
    _tell(company, day, rows[~worked], "self_served", moments[~worked])


def _tell(company: Company, day: Day, rows: Rows, what: str, at: ArrayLike) -> None:
    leads = company.part(Sales).leads
    day.tell(
        "sales_lead",
        lead=leads.number[rows].copy(),
        event=np.full(len(rows), what, dtype=object),
        at=np.broadcast_to(np.asarray(at, dtype=np.int64), (len(rows),)) * 1_000_000,
        created_at=leads.created_at[rows] * 1_000_000,
        kind=_KINDS[leads.kind[rows].astype(np.int64)],
        channel=leads.channel[rows].astype(np.int64),
        marketing_qualified=leads.marketing_qualified[rows].copy(),
        account=leads.account[rows].copy(),
        prospect=leads.prospect[rows].copy(),
    )


_KINDS = np.array([kind.name.lower() for kind in LeadKind], dtype=object)
