"""The people that marketing knows by name, their score, and what became of them.

A contact's number is the prospect's; owners of accounts that never were prospects have
numbers of their own (`state.OWNERS`), and so have contacts that no account belongs to.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.customers.state import AccountStatus, Role
from tapflow.business.day import Day
from tapflow.business.marketing.prospects import PoolDay, forms_of
from tapflow.business.marketing.state import OWNERS, STRAYS, Form, Marketing, Stage
from tapflow.business.marketing.visits import blocked
from tapflow.business.mess import tell_mess
from tapflow.core.vendor_ids import hubspot_ids

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_FORMS = np.array([f.name.lower() for f in Form], dtype=object)
_SYNC_SECONDS = 2 * 3600  # the product hands over its news to the CRM by night
_STAGE_OF_STATUS = {
    AccountStatus.TRIAL: Stage.OPPORTUNITY, AccountStatus.ACTIVE: Stage.CUSTOMER, AccountStatus.PAUSED: Stage.CUSTOMER,
    AccountStatus.CHURNED: Stage.OTHER, AccountStatus.EXPIRED: Stage.OTHER, AccountStatus.SIGNED: Stage.CUSTOMER,
}  # fmt: skip


def stages(status: ArrayLike) -> Ints:
    """The lifecycle stage of accounts by their status."""
    table = np.array([_STAGE_OF_STATUS[s] for s in AccountStatus], dtype=np.int64)
    return np.asarray(table[np.asarray(status)])


def introduce(company: Company, memory: Marketing, day: Day) -> None:
    """On the first day: the contacts of owners of the existing accounts, and of nobody's."""
    book = company.accounts
    accounts = np.flatnonzero(~book.is_test)
    _emit_owners(company, day, memory, accounts, book.created_at[accounts], book.created_at[accounts])
    count = round(company.scenario.marketing.mess.contacts_without_account * len(book))
    numbers = STRAYS + np.arange(count)
    lasting = company.lasting()
    age = lasting.integers("crm/stray", numbers, 30, 900)
    day.emit(
        "contact_changed", contact=numbers, created_at=day.start_seconds - 86_400 * age,
        at=day.start_seconds, channel=lasting.integers("crm/stray_channel", numbers, 0, 7), form=int(Form.IMPORTED),
        score=0, stage=int(Stage.CUSTOMER), region=lasting.choice("marketing/region", numbers, _weights(company)),
        industry=lasting.integers("crm/stray_industry", numbers, 0, 6), locations=1, account=-1, unsubscribed=False,
        qualified_at=-1, archived=False,
    )  # fmt: skip
    tell_mess(day, "contact_without_account", "hubspot", numbers.astype(str), -1, 1.0)
    known = np.flatnonzero(memory.pool.contact_at >= 0)
    emit_pool(memory, day, known, np.full(len(known), day.start_seconds), np.full(len(known), int(Stage.LEAD)))
    tell(company, memory, day, since=0)


def _weights(company: Company) -> list[float]:
    return [r.weight for r in company.scenario.customers.regions]


def _emit_owners(
    company: Company, day: Day, memory: Marketing, accounts: Ints, created_at: Ints, at: ArrayLike
) -> None:
    book = company.accounts
    memory.mind_accounts(len(book))
    day.emit(
        "contact_changed", contact=OWNERS + accounts, created_at=created_at, at=at, channel=book.channel[accounts],
        form=int(Form.IMPORTED), score=0, stage=stages(book.status[accounts]), region=book.country[accounts],
        industry=book.industry[accounts], locations=book.locations[accounts], account=accounts,
        unsubscribed=memory.mailing.unsubscribed[accounts], qualified_at=-1, archived=False,
    )  # fmt: skip


def _tell_shared(company: Company, day: Day, accounts: Ints, contacts: Ints) -> None:
    # Owners known here by another address than the one they sign in with; told once, with the account's first news.
    book = company.accounts
    fresh = (book.created_day[accounts] == day.number - 1) | (day.number == company.first_day)
    rows = np.flatnonzero(fresh & writes_from_shared(company, contacts))
    tell_mess(day, "contact_email_differs", "hubspot", contacts[rows].astype(str), accounts[rows], 1.0)


def emit_pool(memory: Marketing, day: Day, rows: Ints, at: ArrayLike, stage: ArrayLike, archived: bool = False) -> None:
    """A new version of contacts that are in the pool."""
    pool = memory.pool
    day.emit(
        "contact_changed", contact=pool.prospect[rows], created_at=pool.contact_at[rows], at=at,
        channel=pool.channel[rows], form=pool.form[rows], score=pool.score[rows], stage=stage,
        region=pool.region[rows], industry=pool.industry[rows], locations=pool.locations[rows], account=-1,
        unsubscribed=pool.unsubscribed[rows], qualified_at=pool.qualified_at[rows], archived=archived,
    )  # fmt: skip


def archive(company: Company, memory: Marketing, day: Day, gone: Flags) -> None:
    """Readers whose interest is over today: somebody tidies some of their contacts away, the day's last thing."""
    pool = memory.pool
    over = np.flatnonzero((pool.contact_at >= 0) & ~gone & (pool.end_day <= day.number))
    share = company.scenario.marketing.mess.contacts_archived
    rows = over[day.chance.happens("crm/archived", pool.prospect[over], share)]
    emit_pool(memory, day, rows, day.end_seconds - 1, np.full(len(rows), int(Stage.LEAD)), archived=True)
    tell_mess(day, "contact_archived", "hubspot", hubspot_ids("contact", pool.prospect[rows], 0), -1, 1.0)


def keep(memory: Marketing, rows: Ints, stage: Ints) -> None:
    """Remember the pool's rows as contacts of their own: they convert and leave the pool."""
    pool, table = memory.pool, memory.contacts
    new = table.append(
        len(rows), contact=pool.prospect[rows], created_at=pool.contact_at[rows], channel=pool.channel[rows],
        form=pool.form[rows], score=pool.score[rows], stage=stage, region=pool.region[rows],
        industry=pool.industry[rows], locations=pool.locations[rows], account=-1,
        unsubscribed=pool.unsubscribed[rows], qualified_at=pool.qualified_at[rows],
    )  # fmt: skip
    memory.contact_rows.update(zip(pool.prospect[rows].tolist(), new.tolist(), strict=True))


def follow(company: Company, memory: Marketing, day: Day) -> None:
    """By night the CRM learns what happened to accounts yesterday: who came, who pays, who left."""
    book = company.accounts
    memory.mind_accounts(len(book))
    moved = np.flatnonzero((book.status_day == day.number - 1) | (book.created_day == day.number - 1))
    rows = memory.rows_of(book.prospect[moved])
    known = rows >= 0
    memory.contacts.account[rows[known]] = moved[known]
    memory.contacts.stage[rows[known]] = stages(book.status[moved[known]])
    memory.contacts.unsubscribed[rows[known]] |= memory.mailing.unsubscribed[moved[known]]
    at = day.start_seconds + _SYNC_SECONDS
    emit_kept(memory, day, rows[known], at)
    _tell_shared(company, day, moved[known], memory.contacts.contact[rows[known]])
    others = moved[~known & ~book.is_test[moved]]
    _emit_owners(company, day, memory, others, book.created_at[others], at)


def emit_kept(memory: Marketing, day: Day, rows: Ints, at: ArrayLike) -> None:
    """A new version of contacts that left the pool."""
    table = memory.contacts
    day.emit("contact_changed", at=at, archived=False, **{name: table[name][rows] for name in table.names})


def convert(memory: Marketing, today: PoolDay, done_at: Ints) -> None:
    """Who converts today becomes a contact, if not one yet, by the form that did it."""
    pool, rows = memory.pool, np.flatnonzero(today.converts)
    fresh = rows[pool.contact_at[rows] < 0]
    pool.contact_at[fresh] = done_at[fresh]
    pool.form[fresh] = forms_of(today.wants_demo[fresh], today.offline[fresh])
    asks = rows[today.wants_demo[rows] & (pool.qualified_at[rows] < 0)]
    pool.qualified_at[asks] = done_at[asks]


def qualify(company: Company, memory: Marketing, today: PoolDay, ends_at: Ints) -> Flags:
    """Contacts whose score reached the threshold today; answers those that go to sales for it."""
    pool = memory.pool
    reached = (pool.contact_at >= 0) & (pool.score >= company.scenario.marketing.scoring.threshold)
    reached &= pool.qualified_at < 0
    pool.qualified_at[reached] = ends_at[reached]
    return np.asarray(reached & ~today.converts)


def tell(company: Company, memory: Marketing, day: Day, since: int) -> None:
    """Tell the ledger who became known and who was qualified from `since` on, an instant."""
    pool = memory.pool
    known = np.flatnonzero(pool.contact_at >= since)
    day.tell(
        "contact",
        contact=pool.prospect[known],
        created_at=pool.contact_at[known] * 1_000_000,
        form=_FORMS[pool.form[known]],
        is_blocked=blocked(company, pool.prospect[known]),
    )
    rows = np.flatnonzero(pool.qualified_at >= max(since, day.start_seconds))
    day.tell(
        "qualification",
        contact=pool.prospect[rows],
        at=pool.qualified_at[rows] * 1_000_000,
        score=pool.score[rows].astype(np.int64),
    )


def contact_persons(company: Company, contacts: ArrayLike) -> Ints:
    """The numbers under which contacts' names go (see `business.names`)."""
    numbers = np.atleast_1d(np.asarray(contacts, dtype=np.int64))
    out, own = names.prospect_numbers(numbers), _are_owners(numbers)
    out[own] = names.person_numbers(company, _owners(company, numbers[own] - OWNERS))
    return np.asarray(out)


def houses_of(company: Company, contacts: ArrayLike) -> Ints:
    """The numbers under which contacts' houses go."""
    numbers = np.atleast_1d(np.asarray(contacts, dtype=np.int64))
    out, own = names.prospect_numbers(numbers), _are_owners(numbers)
    out[own] = names.house_numbers(company, numbers[own] - OWNERS)
    return np.asarray(out)


def _are_owners(numbers: Ints) -> Flags:
    return np.asarray((numbers >= OWNERS) & (numbers < STRAYS))


def _owners(company: Company, accounts: Ints) -> Ints:
    # The login of each account's owner, who is there from the first day and never leaves.
    users = company.users
    owner = np.zeros(len(company.accounts), dtype=np.int64)
    rows = np.flatnonzero((users.role == Role.OWNER) & (users.account >= 0))
    owner[users.account[rows[::-1]]] = rows[::-1]
    return owner[accounts]


def contact_emails(company: Company, contacts: ArrayLike) -> NDArray[np.object_]:
    """Contacts' addresses: the ones they sign in with, but for a few who gave the house's shared one."""
    numbers = np.atleast_1d(np.asarray(contacts, dtype=np.int64))
    own, shared = _are_owners(numbers), writes_from_shared(company, numbers)
    out = np.empty(len(numbers), dtype=object)
    out[~own] = names.prospect_emails(company, numbers[~own])
    out[own] = names.user_emails(company, _owners(company, numbers[own] - OWNERS))
    out[shared] = "info@" + names.house_domains(company, houses_of(company, numbers[shared]))
    return out


def writes_from_shared(company: Company, contacts: ArrayLike) -> Flags:
    """Contacts whose address in the CRM is not the one they sign in with (mess)."""
    return company.lasting().happens("crm/email_differs", contacts, company.scenario.marketing.mess.email_differs)
