"""A day of support: tickets made, answered, solved, reopened, rated, closed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.chance import Chance
from tapflow.business.columns import Table
from tapflow.business.company import Company
from tapflow.business.customers.state import AccountStatus
from tapflow.business.day import Columns, Day
from tapflow.business.support.arrivals import arising, requesters
from tapflow.business.support.calendar import BusinessCalendar
from tapflow.business.support.staff import hire_agents
from tapflow.business.support.state import LATER, Category, Priority, Support
from tapflow.core.clock import SECONDS_PER_DAY

Ints = NDArray[np.int64]
# Event kinds in the order in which they may happen to a ticket, with the column of their instant.
_COURSE = (
    ("created", "created_at"),
    ("responded", "responded_at"),
    ("solved", "solved_at"),
    ("reopened", "reopened_at"),
    ("resolved", "resolved_at"),
    ("rated", "rated_at"),
    ("closed", "closed_at"),
)


def found(company: Company, day: Day) -> None:
    """Tickets of the last days before the first one are on file, some still open."""
    support = company.part(Support)
    hire_agents(company, day)
    back = company.scenario.support.start_backlog_days
    rows = np.flatnonzero(company.accounts.status == AccountStatus.ACTIVE)
    for ago in range(back, 0, -1):
        chance = Chance(company.seed, day.number - ago)
        asking = rows[chance.happens("support/found", rows, company.scenario.support.questions)]
        at = (day.number - ago) * SECONDS_PER_DAY + (chance.uniform("support/found_at", asking) * 80_000).astype(
            np.int64
        )
        new = {
            "account": asking,
            "category": np.full(len(asking), Category.HOW_TO, dtype=np.int64),
            "cause": np.full(len(asking), -1, dtype=np.int64),
            "at": at,
        }
        _open(company, day, support, new)
    # What happened before the first day is on file, but no event of this day.
    day.emit("ticket_event", number=support.tickets.number.copy(), at=support.tickets.created_at.copy(), kind="filed")


def step(company: Company, day: Day) -> None:
    """One day of support."""
    support = company.part(Support)
    hire_agents(company, day)
    # Tickets closed yesterday leave only now: the help desk's log of their last day still needed them.
    support.tickets.keep(support.tickets.closed_at >= day.start_seconds)
    _open(company, day, support, arising(company, day))
    happened = _happened(support, day)
    _emit(company, day, support, happened)
    _signal(company, support, happened)


def _open(company: Company, day: Day, support: Support, new: Columns) -> None:
    count = len(new["account"])
    if count == 0:
        return
    order = np.lexsort((new["account"], new["at"]))
    new = {k: v[order] for k, v in new.items()}
    numbers = support.next_number + np.arange(count)
    support.next_number += count
    requester = requesters(company, day, new["account"], numbers)
    course = _course(company, support, new, numbers)
    support.tickets.append(
        number=numbers,
        account=new["account"],
        requester=requester,
        category=new["category"],
        cause=new["cause"],
        created_at=new["at"],
        **course,
    )
    today = new["at"] >= day.start_seconds
    words = np.array([c.name.lower() for c in Category], dtype=object)[new["category"]]
    opened = {"ticket": numbers, "account": new["account"], "category": words, "at": new["at"]}
    day.emit("ticket_opened", **{k: v[today] for k, v in opened.items()})
    _meet(support.people, requester, new["at"])
    _meet(support.houses, new["account"], new["at"])


def _meet(known: Table, rows: Ints, at: Ints) -> None:
    """Remember who wrote for the first time, and when."""
    fresh = ~np.isin(rows, known.row)
    met, first = np.unique(rows[fresh], return_index=True)
    known.append(row=met, met_at=at[fresh][first])


def _course(company: Company, support: Support, new: Columns, numbers: Ints) -> dict[str, Ints]:
    """Draw a ticket's whole course. Replies slow down when there are more open tickets than agents can carry."""
    parameters, chance = company.scenario.support, company.lasting()
    calendar = BusinessCalendar(parameters.calendar)
    weights = np.array([c.weights for c in parameters.categories])[new["category"]]
    priority = chance.choice("support/priority", numbers, weights)
    agents = len(support.agents)
    load = max(1.0, len(support.tickets) / (agents * parameters.tickets_per_agent))
    median = np.array(parameters.first_response_hours)[priority] * 3600 * load
    wait = chance.lognormal("support/response", numbers, median, parameters.first_response_sigma)
    responded = calendar.instant(calendar.elapsed(new["at"]) + wait.astype(np.int64) + 60)
    factor = np.array([c.resolution_factor for c in parameters.categories])[new["category"]]
    work = parameters.resolution_hours * 3600 * factor
    solved = _later(calendar, responded, chance.lognormal("support/work", numbers, work, parameters.resolution_sigma))
    reopens = chance.happens("support/reopened", numbers, parameters.reopened)
    reopened = solved + chance.exponential("support/reopens", numbers, SECONDS_PER_DAY).astype(np.int64) + 60
    reopened = np.minimum(reopened, solved + (parameters.close_days * SECONDS_PER_DAY) - 60)
    again = _later(
        calendar, reopened, chance.lognormal("support/again", numbers, work / 2, parameters.resolution_sigma)
    )
    final = np.where(reopens, again, solved)
    rates = chance.happens("support/rates", numbers, parameters.rating_asked)
    rated = final + chance.exponential("support/rated", numbers, 20_000).astype(np.int64) + 30
    closed = final + parameters.close_days * SECONDS_PER_DAY
    bad = _bad_rating(company, numbers, wait, priority)
    return {
        "priority": priority,
        "channel": chance.choice("support/channel", numbers, list(parameters.channels.values())),
        "agent": chance.integers("support/agent", numbers, 0, agents),
        "responded_at": responded,
        "solved_at": solved,
        "reopened_at": np.where(reopens, reopened, LATER),
        "resolved_at": np.where(reopens, again, LATER),
        "rating": np.where(rates, np.where(bad, 0, 1), LATER),
        "rated_at": np.where(rates, np.minimum(rated, closed - 1), LATER),
        "closed_at": closed,
        "replies": 1 + chance.poisson("support/replies", numbers, parameters.replies_more),
    }


def _later(calendar: BusinessCalendar, since: Ints, work_seconds: NDArray[np.float64]) -> Ints:
    return calendar.instant(calendar.elapsed(since) + work_seconds.astype(np.int64) + 60)


def _bad_rating(company: Company, numbers: Ints, wait: NDArray[np.float64], priority: Ints) -> NDArray[np.bool_]:
    # The cause "slow first response -> low CSAT": odds grow with each doubling beyond the median.
    parameters = company.scenario.support
    median = np.array(parameters.first_response_hours)[priority] * 3600
    odds = (1 - parameters.rating_good) / parameters.rating_good
    odds = odds * np.exp(parameters.slow_to_bad_rating * np.log2(wait / median))
    return company.lasting().happens("support/bad", numbers, odds / (1 + odds))


def _happened(support: Support, day: Day) -> Columns:
    """The day's events of tickets: rows of the table, kinds and instants, in order of time."""
    rows, kinds, instants = [], [], []
    for number, (_, column) in enumerate(_COURSE):
        at = support.tickets[column]
        today = np.flatnonzero((at >= day.start_seconds) & (at < day.end_seconds))
        rows.append(today)
        kinds.append(np.full(len(today), number))
        instants.append(at[today])
    found_rows, kind, at = np.concatenate(rows), np.concatenate(kinds), np.concatenate(instants)
    order = np.lexsort((kind, found_rows, at))
    return {"row": found_rows[order], "kind": kind[order], "at": at[order]}


def _emit(company: Company, day: Day, support: Support, happened: Columns) -> None:
    tickets, row = support.tickets, happened["row"]
    if len(row) == 0:
        return
    names = np.array([name for name, _ in _COURSE], dtype=object)
    kind = names[happened["kind"]]
    day.emit("ticket_event", number=tickets.number[row], at=happened["at"], kind=kind)
    good = tickets.rating[row] == 1
    kind = np.where(kind == "rated", np.where(good, "rated_good", "rated_bad"), kind)
    told = kind != "closed"
    row, at, kind = row[told], happened["at"][told], kind[told]
    calendar = BusinessCalendar(company.scenario.support.calendar)
    waited = calendar.elapsed(tickets.responded_at[row]) - calendar.elapsed(tickets.created_at[row])
    priorities = np.array([p.name.lower() for p in Priority], dtype=object)
    categories = np.array([c.name.lower() for c in Category], dtype=object)
    channels = np.array(list(company.scenario.support.channels), dtype=object)
    cause = tickets.cause[row]
    day.tell(
        "ticket_event",
        ticket=tickets.number[row],
        account=tickets.account[row],
        at=at * 1_000_000,
        kind=kind,
        category=categories[tickets.category[row]],
        priority=priorities[tickets.priority[row]],
        channel=channels[tickets.channel[row]],
        device=np.where(cause >= 0, cause, np.array(None, dtype=object)),
        business_seconds=np.where(kind == "responded", waited, np.array(None, dtype=object)),
        is_test=company.accounts.is_test[tickets.account[row]],
    )


def _signal(company: Company, support: Support, happened: Columns) -> None:
    """What the customers feel tomorrow: slow answers and bad experiences, both fading."""
    book, parameters, tickets = company.accounts, company.scenario.support, support.tickets
    book.signal_slow_support *= 0.5 ** (1 / parameters.slow_signal_half_life_days)
    book.signal_csat_bad *= 0.5 ** (1 / parameters.bad_rating_half_life_days)
    answered = happened["row"][happened["kind"] == 1]
    hours = (tickets.responded_at[answered] - tickets.created_at[answered]) / 3600
    np.maximum.at(book.signal_slow_support, tickets.account[answered], hours)
    rated = happened["row"][happened["kind"] == 5]
    np.add.at(book.signal_csat_bad, tickets.account[rated[tickets.rating[rated] == 0]], 1.0)
