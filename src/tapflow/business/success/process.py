"""A day of customer success."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER, AccountStatus, Role
from tapflow.business.day import Day
from tapflow.business.success.state import LATER, Success

Ints = NDArray[np.int64]
REASONS = ("offline", "usage", "payment")


def found(company: Company, day: Day) -> None:
    """Hire managers for the books of the starting population and hand these out."""
    memory, parameters = company.part(Success), company.scenario.success
    booked = _booked(company)
    memory.managers = max(1, round(len(booked) / parameters.accounts_per_manager))
    _hand_out(company, booked)


def step(company: Company, day: Day) -> None:
    """One day: books, calls to action and their effect, reviews, onboarding calls, conversations."""
    memory = company.part(Success)
    # Calls closed yesterday leave only now: the log of their last day still needed them.
    memory.ctas.keep(~memory.ctas.closed)
    booked = _booked(company)
    _hand_out(company, booked[company.accounts.csm[booked] < 0])
    fade = 0.5 ** (1 / company.scenario.success.effect_half_life_days)
    company.accounts.signal_intervention *= fade
    _act(company, day, memory)
    _open_calls(company, day, memory, booked)
    _review(company, day, memory, booked)
    _onboard(company, day, memory)
    _converse(company, day, memory)


def _booked(company: Company) -> Ints:
    book = company.accounts
    large = book.locations >= company.scenario.success.book_locations
    return np.flatnonzero((book.status == AccountStatus.ACTIVE) & (large | book.sales_assisted))


def _hand_out(company: Company, accounts: Ints) -> None:
    managers = company.part(Success).managers
    company.accounts.csm[accounts] = company.lasting().integers("success/manager", accounts, 0, managers)


def _tell(
    company: Company, day: Day, numbers: ArrayLike, accounts: Ints, at: ArrayLike, kind: str, reason: ArrayLike = ""
) -> None:
    words = np.broadcast_to(np.asarray(reason, dtype=object), np.shape(accounts))
    columns = {
        "number": numbers,
        "account": accounts,
        "kind": np.full(len(accounts), kind, dtype=object),
        "reason": words,
    }
    day.emit("success_event", at=at, **columns)
    day.tell("success_event", at=np.asarray(at) * 1_000_000, is_test=company.accounts.is_test[accounts], **columns)


def _office_seconds(day: Day, purpose: str, entity: Ints) -> Ints:
    return day.start_seconds + ((13 + 9 * day.chance.uniform(purpose, entity)) * 3600).astype(np.int64)


def _open_calls(company: Company, day: Day, memory: Success, booked: Ints) -> None:
    book, parameters = company.accounts, company.scenario.success
    trouble = [
        book.signal_offline_hours_28d[booked] > parameters.offline_hours,
        book.signal_usage_ratio[booked] < parameters.usage_ratio,
        book.signal_payment_failing[booked],
    ]
    reason = np.select(trouble, [0, 1, 2], default=-1)
    quiet = ~np.isin(booked, memory.ctas.account)
    cooled = day.chance.happens("success/cooled", booked, 1 / parameters.cooldown_days)
    chosen = np.flatnonzero((reason >= 0) & quiet & cooled)
    accounts = booked[chosen]
    numbers = memory.next_cta + np.arange(len(accounts))
    memory.next_cta += len(accounts)
    at = _office_seconds(day, "success/cta_at", numbers)
    acted = day.chance.happens("success/acted", numbers, parameters.acted_on)
    soon, late = parameters.act_after_days, parameters.close_after_days
    memory.ctas.append(
        number=numbers,
        account=accounts,
        reason=reason[chosen],
        opened_at=at,
        act_day=np.where(acted, day.number + day.chance.integers("success/act", numbers, soon[0], soon[1] + 1), NEVER),
        close_day=day.number + day.chance.integers("success/close", numbers, late[0], late[1] + 1),
        acted_at=LATER,
        closed=False,
    )
    _tell(company, day, numbers, accounts, at, "cta_opened", np.array(REASONS, dtype=object)[reason[chosen]])


def _act(company: Company, day: Day, memory: Success) -> None:
    """The calls that chance chose are made: an intervention with a true effect on leaving."""
    ctas, words = memory.ctas, np.array(REASONS, dtype=object)
    due = np.flatnonzero(ctas.act_day == day.number)
    company.accounts.signal_intervention[ctas.account[due]] = 1.0
    at = _office_seconds(day, "success/acted_at", ctas.number[due])
    ctas.acted_at[due] = at
    _tell(company, day, ctas.number[due], ctas.account[due], at, "cta_acted", words[ctas.reason[due]])
    over = np.flatnonzero(ctas.close_day == day.number)
    ctas.closed[over] = True
    at = _office_seconds(day, "success/closed_at", ctas.number[over])
    _tell(company, day, ctas.number[over], ctas.account[over], at, "cta_closed", words[ctas.reason[over]])


def _review(company: Company, day: Day, memory: Success, booked: Ints) -> None:
    parameters = company.scenario.success
    since = day.number - company.accounts.first_paid_day[booked]
    due = booked[(since > 0) & (since % parameters.review_days == 0)]
    numbers = memory.next_review + np.arange(len(due))
    memory.next_review += len(due)
    held = day.chance.happens("success/review", due, parameters.review_held)
    at = _office_seconds(day, "success/review_at", due)
    _tell(company, day, numbers[held], due[held], at[held], "review_held")
    _tell(company, day, numbers[~held], due[~held], at[~held], "review_missed")


def _onboard(company: Company, day: Day, memory: Success) -> None:
    book = company.accounts
    begun = day.number - company.scenario.success.onboarding_call_day
    rows = np.flatnonzero((book.first_paid_day == begun) & (book.csm >= 0) & (book.status == AccountStatus.ACTIVE))
    numbers = memory.next_activity + np.arange(len(rows))
    memory.next_activity += len(rows)
    _tell(company, day, numbers, rows, _office_seconds(day, "success/onboarding_at", rows), "onboarding_call")


def _converse(company: Company, day: Day, memory: Success) -> None:
    users, parameters = company.users, company.scenario.success
    living = np.isin(company.accounts.status, (AccountStatus.ACTIVE, AccountStatus.TRIAL))
    may = np.flatnonzero(
        (users.account >= 0) & (users.deleted_day == NEVER) & np.isin(users.role, (Role.OWNER, Role.MANAGER))
    )
    may = may[living[users.account[may]] & (users.created_day[may] < day.number)]
    talking = may[day.chance.happens("success/converse", may, parameters.conversations)]
    numbers = memory.next_conversation + np.arange(len(talking))
    memory.next_conversation += len(talking)
    at = day.start_seconds + (day.chance.uniform("success/converse_at", talking) * 82_000).astype(np.int64)
    rated = day.chance.happens("success/converse_rated", talking, parameters.conversation_rated)
    rating = np.where(rated, 1 + day.chance.choice("success/converse_rating", talking, [3, 2, 6, 30, 59]), 0)
    day.emit("conversation", number=numbers, user=talking, at=at, rating=rating)
    _tell(company, day, numbers, users.account[talking], at, "conversation")
