"""The CRM's accounts and contacts, and what it believes about them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.columns import Table
from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER, AccountStatus, Role
from tapflow.business.day import Day
from tapflow.business.identity import tell_accounts, tell_users
from tapflow.business.sales import spelling, team
from tapflow.business.sales.history import record_steps
from tapflow.business.sales.state import NOBODY, CrmType, Deal, Sales, Stage, numbered
from tapflow.core.vendor_ids import crm_account_ids, crm_contact_ids

Rows = NDArray[np.int64]


def follow_spine(company: Company) -> None:
    """Make room for accounts that were opened since the last day."""
    book = company.part(Sales).accounts
    missing = len(company.accounts) - len(book)
    if missing > 0:
        book.append(missing, crm=NOBODY, renewal_end_day=NEVER)


def add_accounts(
    company: Company, day: Day, at: ArrayLike, account: ArrayLike, prospect: ArrayLike, region: ArrayLike,
    industry: ArrayLike, locations: ArrayLike, kind: ArrayLike = CrmType.PROSPECT, original: ArrayLike = NOBODY,
) -> Rows:  # fmt: skip
    """Enter accounts into the CRM; what it will know of them is drawn once for ever. Answers their rows."""
    sales, mess = company.part(Sales), company.scenario.sales.mess
    count = len(np.atleast_1d(np.asarray(region)))
    rows = numbered(len(sales.crm), count)
    chance = company.lasting()
    copy = np.broadcast_to(np.asarray(original), (count,)) >= 0
    rows = sales.crm.append(
        account=account,
        prospect=prospect,
        original=original,
        kind=kind,
        rep=team.reps_for(company, rows, region),
        region=region,
        territory=team.territory_of(company, region),
        industry=industry,
        locations=locations,
        app_id_known=~copy & ~chance.happens("sales/app_id_missing", rows, mess.app_id_missing),
        website_known=~chance.happens("sales/website_missing", rows, mess.website_missing),
        created_at=at,
        updated_at=at,
    )
    known = rows[sales.crm.account[rows] >= 0]
    tell_accounts(day, "salesforce", crm_account_ids(known), sales.crm.account[known])
    spelling.tell_accounts(company, day, rows)
    return rows


def add_contacts(company: Company, day: Day, at: ArrayLike, crm: Rows, user: ArrayLike, prospect: ArrayLike) -> Rows:
    """Enter people into the CRM. Answers their rows."""
    contacts = company.part(Sales).contacts
    rows = contacts.append(crm=crm, user=user, prospect=prospect, created_at=at, updated_at=at)
    known = rows[contacts.user[rows] >= 0]
    tell_users(day, "salesforce", crm_contact_ids(known), contacts.user[known])
    spelling.tell_contacts(company, day, rows)
    return rows


def ensure_accounts(company: Company, day: Day, accounts: Rows, at: ArrayLike) -> Rows:
    """The CRM rows of accounts; those that the CRM does not know are entered, with their owners and managers."""
    sales, book = company.part(Sales), company.accounts
    unknown = sales.accounts.crm[accounts] == NOBODY
    missing = accounts[unknown]
    if len(missing):
        moments = np.broadcast_to(np.asarray(at, dtype=np.int64), (len(accounts),))[unknown]
        rows = add_accounts(
            company, day, moments, missing, book.prospect[missing], book.country[missing], book.industry[missing],
            np.maximum(book.locations[missing], 1),
        )  # fmt: skip
        sales.accounts.crm[missing] = rows
        book.sales_rep[missing] = sales.crm.rep[rows]
        _enter_people(company, day, missing)
    return np.asarray(sales.accounts.crm[accounts])


def _enter_people(company: Company, day: Day, accounts: Rows) -> None:
    users, sales = company.users, company.part(Sales)
    wanted = np.zeros(len(company.accounts) + 1, dtype=bool)
    wanted[accounts] = True
    seen = np.arange(len(users)) < sales.seen_users  # later ones come with `follow_people`
    rows = np.flatnonzero(wanted[users.account] & _known_roles(company) & seen & (users.deleted_day == NEVER))
    crm = sales.accounts.crm[users.account[rows]]
    add_contacts(company, day, sales.crm.created_at[crm], crm, rows, _prospects(company, rows))


def _known_roles(company: Company) -> NDArray[np.bool_]:
    return np.asarray(np.isin(company.users.role, (Role.OWNER, Role.MANAGER)))


def _prospects(company: Company, users: Rows) -> Rows:
    # The owner is the person that marketing knew as a prospect.
    owner = company.users.role[users] == Role.OWNER
    return np.where(owner, company.accounts.prospect[company.users.account[users]], NOBODY)


def follow_people(company: Company, day: Day) -> None:
    """People who joined yesterday become contacts, if their account is in the CRM and they decide there."""
    sales, users = company.part(Sales), company.users
    fresh = np.arange(sales.seen_users, len(users))
    sales.seen_users = len(users)
    fresh = fresh[(users.account[fresh] >= 0) & _known_roles(company)[fresh]]
    crm = sales.accounts.crm[users.account[fresh]]
    fresh, crm = fresh[crm >= 0], crm[crm >= 0]
    prospect = _prospects(company, fresh)
    # Whoever signed the deal is a contact already: the record now gets its login.
    signer = (prospect >= 0) & np.isin(prospect, sales.contacts.prospect)
    if signer.any():
        order = np.argsort(sales.contacts.prospect, kind="stable")
        place = np.searchsorted(sales.contacts.prospect[order], prospect[signer])
        rows = order[place]
        sales.contacts.user[rows] = fresh[signer]
        sales.contacts.updated_at[rows] = day.start_seconds + 5_400
        tell_users(day, "salesforce", crm_contact_ids(rows), fresh[signer])
    add_contacts(company, day, day.start_seconds + 5_400, crm[~signer], fresh[~signer], prospect[~signer])


def accounts_of_leads(company: Company, day: Day, leads: Rows, at: Rows) -> Rows:
    """The CRM accounts that converted leads become: new ones for prospects, the sign-up's own for trials."""
    sales = company.part(Sales)
    table = sales.leads
    account = table.account[leads]
    out = np.full(len(leads), NOBODY, dtype=np.int64)
    trial = account >= 0
    out[trial] = ensure_accounts(company, day, account[trial], at[trial])
    rows = leads[~trial]
    out[~trial] = add_accounts(
        company, day, at[~trial], NOBODY, table.prospect[rows], table.region[rows], table.industry[rows],
        table.locations[rows],
    )  # fmt: skip
    sales.crm.rep[out] = table.rep[leads]
    add_contacts(company, day, at[~trial], out[~trial], NOBODY, table.prospect[rows])
    return out


def first_contacts(company: Company, crm: Rows) -> Rows:
    """The first contact of each CRM account that is still there, or NOBODY."""
    sales = company.part(Sales)
    first = np.full(len(sales.crm), NOBODY, dtype=np.int64)
    there = np.flatnonzero(~sales.contacts.deleted)
    first[sales.contacts.crm[there[::-1]]] = there[::-1]
    return np.asarray(first[crm])


def link_signed(company: Company, day: Day) -> None:
    """Accounts that the customers opened for won deals get their link to the CRM."""
    sales, book = company.part(Sales), company.accounts
    if len(sales.signed) == 0:
        return
    fresh = np.flatnonzero((book.created_day == day.number - 1) & (book.status == AccountStatus.SIGNED))
    order = np.argsort(sales.signed.prospect, kind="stable")
    place = np.searchsorted(sales.signed.prospect[order], book.prospect[fresh])
    _link(company, day, sales.signed.crm[order[np.minimum(place, len(order) - 1)]], fresh)
    sales.signed = Table(prospect="i8", crm="i8")


def link_prospects(company: Company, day: Day, accounts: Rows) -> None:
    """Prospects of the CRM who signed up by themselves: their account is linked, their open deal is about a trial."""
    sales, book = company.part(Sales), company.accounts
    waiting = np.flatnonzero((sales.crm.account < 0) & (sales.crm.original < 0) & ~sales.crm.deleted)
    if len(waiting) == 0:
        return
    order = waiting[np.argsort(sales.crm.prospect[waiting], kind="stable")]
    place = np.minimum(np.searchsorted(sales.crm.prospect[order], book.prospect[accounts]), len(order) - 1)
    found = sales.crm.prospect[order[place]] == book.prospect[accounts]
    rows, known = order[place[found]], accounts[found]
    if len(rows) == 0:
        return
    _link(company, day, rows, known)
    account_of = np.full(len(sales.crm), NOBODY, dtype=np.int64)
    account_of[rows] = known
    deals = sales.deals
    moved = np.flatnonzero((account_of[deals.crm] >= 0) & (deals.stage < Stage.WON) & (deals.kind == Deal.NEW))
    if len(moved):
        account = account_of[deals.crm[moved]]
        deals.account[moved] = account
        deals.kind[moved] = Deal.TRIAL
        deals.final_day[moved] = np.maximum(book.trial_end_day[account], day.number + 1)
        deals.updated_at[moved] = day.start_seconds + 4_200
        record_steps(company, day, moved, deals.updated_at[moved])


def _link(company: Company, day: Day, rows: Rows, accounts: Rows) -> None:
    """Tell CRM accounts, and their doubles, which customer they are."""
    sales = company.part(Sales)
    account_of = np.full(len(sales.crm) + 1, NOBODY, dtype=np.int64)
    account_of[rows] = accounts
    doubles = np.flatnonzero(account_of[sales.crm.original] >= 0)  # original NOBODY reads the spare last place
    everyone = np.concatenate([rows, doubles])
    sales.crm.account[everyone] = np.concatenate([accounts, account_of[sales.crm.original[doubles]]])
    sales.crm.updated_at[rows] = day.start_seconds + 4_200
    sales.accounts.crm[accounts] = rows
    company.accounts.sales_rep[accounts] = sales.crm.rep[rows]
    tell_accounts(day, "salesforce", crm_account_ids(everyone), sales.crm.account[everyone])


def synchronise(company: Company, day: Day) -> None:
    """The nightly job: the CRM learns yesterday's revenue of every customer, and who left."""
    sales, book = company.part(Sales), company.accounts
    paying = np.flatnonzero(true_arr(company) > 0)
    ensure_accounts(company, day, paying, day.start_seconds + 7_200)
    crm = sales.crm
    rows = np.flatnonzero((crm.account >= 0) & (crm.original < 0) & ~crm.deleted)
    account = crm.account[rows]
    arr, status = true_arr(company)[account], book.status[account]
    gone = (arr == 0) & np.isin(status, (AccountStatus.CHURNED, AccountStatus.EXPIRED, AccountStatus.PAUSED))
    customer = crm.kind[rows] == CrmType.CUSTOMER
    leaving = gone & customer & ~crm.kept[rows]
    kept = leaving & day.chance.happens("sales/not_closed", rows, company.scenario.sales.mess.not_closed)
    crm.kept[rows[kept]] = True
    day.emit("crm_not_closed", crm=rows[kept])
    closed = (
        crm.kept[rows] & gone & day.chance.happens("sales/closed", rows, company.scenario.sales.mess.not_closed_daily)
    )
    former = (leaving & ~kept) | closed
    _set(company, day, rows[former], np.zeros(int(former.sum()), np.int64), CrmType.FORMER)
    live = arr > 0
    crm.kept[rows[live | former]] = False
    news = live & ((arr != crm.arr_minor[rows]) | ~customer)
    _set(company, day, rows[news], arr[news], CrmType.CUSTOMER)


def true_arr(company: Company) -> Rows:
    """Each account's annual recurring revenue at the end of yesterday, USD minor units."""
    subscription = company.accounts.subscription
    if len(company.subscriptions) == 0:
        return np.zeros(len(subscription), dtype=np.int64)
    mrr = company.subscriptions.mrr_minor[np.maximum(subscription, 0)]
    return np.asarray(np.where(subscription >= 0, mrr * 12, 0))


def book_won(company: Company, day: Day) -> None:
    """A deal won today makes its account a customer in the CRM at once, before any bill."""
    sales = company.part(Sales)
    deals = sales.deals
    won = np.flatnonzero((deals.closed_at >= day.start_seconds) & (deals.stage == 4) & (deals.kind == 0))
    _set(company, day, deals.crm[won], deals.amount_minor[won], CrmType.CUSTOMER, deals.closed_at[won])


def _set(company: Company, day: Day, rows: Rows, arr: Rows, kind: int, at: ArrayLike | None = None) -> None:
    """Write revenue and type to CRM accounts, and the change to its field history."""
    if len(rows) == 0:
        return
    sales = company.part(Sales)
    crm = sales.crm
    moments = np.broadcast_to(np.asarray(day.start_seconds + 9_000 if at is None else at, np.int64), (len(rows),))
    record_arr(company, day, rows, crm.arr_minor[rows].copy(), arr, moments)
    crm.arr_minor[rows] = arr
    crm.kind[rows] = kind
    account = crm.account[rows]
    crm.locations[rows[account >= 0]] = company.accounts.locations[account[account >= 0]]
    crm.updated_at[rows] = np.maximum(moments, crm.updated_at[rows])


def record_arr(company: Company, day: Day, rows: Rows, before: Rows, after: Rows, at: ArrayLike) -> None:
    """Emit `crm_arr_changed`: rows of the CRM's own field history."""
    sales = company.part(Sales)
    moved = np.flatnonzero(before != after)
    numbers = numbered(sales.next_arr_change, len(moved))
    sales.next_arr_change += len(moved)
    moments = np.broadcast_to(np.asarray(at, dtype=np.int64), (len(rows),))
    day.emit(
        "crm_arr_changed",
        change=numbers,
        crm=rows[moved],
        before_minor=before[moved],
        after_minor=after[moved],
        at=moments[moved],
    )
