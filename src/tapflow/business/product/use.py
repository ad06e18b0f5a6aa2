"""A day of product use: who comes, what they do, and what it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER, AccountStatus
from tapflow.business.day import Day
from tapflow.business.engineering.state import APP_TEAM, Engineering
from tapflow.business.product import activity, experiments, late, nps, usage
from tapflow.business.product.events import EventCodes
from tapflow.business.product.people import is_test
from tapflow.business.product.state import WHOLE_SET, Product, Step

Rows = NDArray[np.int64]
Grid = NDArray[np.int32]


@dataclass(frozen=True)
class Today:
    """The active people of the day and what they did; rows of `events` and `sessions` point into `people`."""

    people: Rows
    events: Grid
    sessions: Grid
    totals: NDArray[np.int64]
    web_release: int  # row of engineering's releases
    phone_release: Rows  # a person
    test: NDArray[np.bool_]
    tracked: NDArray[np.bool_]
    arrives: Rows  # a person: the day on which the trackers get the day's events


def use(company: Company, day: Day) -> Today:
    """Draw who is active and let the day happen to them."""
    people, chance, hours, cumulative = _who(company, day)
    more = day.chance.poisson("product/sessions", people, company.scenario.product.sessions.more_mean * 2 * chance)
    web, phones = _releases(company, day, people)
    memory = company.part(Product)
    crowd = _crowd(company, day, people, hours, 1 + more, web, phones)
    last_used = memory.last_used[people]
    key = day.chance.key("product/usage")
    events, sessions, totals = usage.generate(key, crowd, _rules(company, day, cumulative), last_used, day.number)
    memory.last_used[people] = last_used
    memory.people.adopted[people] = crowd.adopted
    there = totals[:, usage.SESSIONS] > 0
    memory.people.last_day[people[there]] = day.number
    fade = company.scenario.product.activity.frustration_fade
    memory.people.frustration[:] *= fade
    memory.people.frustration[people] += totals[:, usage.ERRORS]
    test, tracked = is_test(company, people), ~memory.people.blocked[people]
    arrives = late.arrivals(company, day, people, _phone_only(len(people), sessions))
    return Today(people, events, sessions, totals, web, phones, test, tracked, arrives)


def _phone_only(people: int, sessions: Grid) -> NDArray[np.bool_]:
    # Who had sessions today, and all of them in the mobile app.
    mobile = np.bincount(sessions[:, usage.S_PERSON], weights=sessions[:, usage.S_MOBILE], minlength=people)
    return np.asarray((mobile > 0) & (mobile == np.bincount(sessions[:, usage.S_PERSON], minlength=people)))


def _who(company: Company, day: Day) -> tuple[Rows, NDArray[np.float64], Rows, NDArray[np.float64]]:
    # The active people, their chances, and the row of each in the cumulative shares by hour.
    zones = activity.zone_hours(company, day)
    offsets, zone = np.unique(zones, return_inverse=True)
    factor, cumulative = activity.hour_tables(company, day, offsets)
    people = np.flatnonzero(activity.present(company))
    account = np.maximum(company.users.account[people], 0)
    role, place = company.users.role[people].astype(np.int64), zone[company.accounts.country[account]]
    chance = activity.daily_chance(company, day, people, factor[role, place])
    active = day.chance.happens("product/active", people, chance)
    hours = (role * len(offsets) + place)[active]
    return people[active], chance[active], hours, cumulative.reshape(-1, 24)


def _releases(company: Company, day: Day, people: Rows) -> tuple[int, Rows]:
    # The web runs the newest release; a phone the newest of its last update.
    memory, every = company.part(Engineering), company.scenario.product.platforms.update_days
    rows = np.flatnonzero((memory.releases.team == APP_TEAM) & (memory.releases.day < day.number))
    updated = day.number - (day.number + people) % every
    found = np.searchsorted(memory.releases.day[rows], updated, side="left") - 1
    return int(rows[-1]), rows[np.maximum(found, 0)]


def _crowd(
    company: Company, day: Day, people: Rows, hours: Rows, sessions: Rows, web: int, phones: Rows
) -> usage.People:
    parameters, memory, users = company.scenario.product, company.part(Product), company.users
    role, blocked = users.role[people].astype(np.int64), memory.people.blocked[people]
    account = users.account[people]
    has_taps = (account >= 0) & (company.accounts.taps[np.maximum(account, 0)] > 0)
    unconnected = memory.people.setting_up[people] & ((memory.people.reached[people] & Step.DEVICE) == 0)
    factor, rate = company.part(Engineering).releases.error_factor, parameters.errors.rate
    return usage.People(
        user=people,
        role=role,
        hours=hours,
        earliest=np.maximum(users.created_at[people] + 60 - day.start_seconds, 0),
        sessions=sessions,
        mobile=np.where(blocked, 0.0, np.asarray(parameters.platforms.mobile_share)[role]),
        connects=np.where(unconnected & has_taps, parameters.activation.connect_chance, 0.0),
        score=nps.scores(company, day, people),
        exposures=experiments.exposures(company, day, people),
        variants=experiments.variant_bits(company, people),
        goals=experiments.goals(company, day, people),
        fails_web=np.full(len(people), min(rate * float(factor[web]), 0.5)),
        fails_mobile=np.minimum(rate * factor[phones], 0.5),
        adopted=memory.people.adopted[people],
    )


def _rules(company: Company, day: Day, cumulative: NDArray[np.float64]) -> usage.Rules:
    parameters, table = company.scenario.product, company.part(Product).features
    features, lasting = parameters.features, company.lasting()
    lift = company.scenario.engineering.improvement_lift
    fading = 0.5 ** ((day.number - table.improved_day) / company.scenario.engineering.improvement_half_life_days)
    keys = [lasting.key(f"product/inclined/{f.key}") for f in features]
    found = 1.0 + lift * fading
    return usage.Rules(
        inclined=np.array(keys, dtype=np.uint64),
        launched=(table.launched_day != NEVER) & (table.launched_day < day.number),
        ceiling=np.ascontiguousarray(np.array([f.ceiling for f in features], dtype=np.float64).T),
        use=np.ascontiguousarray(np.array([f.use for f in features], dtype=np.float64).T),
        innovation=np.array([f.innovation for f in features]) * found,
        imitation=np.array([f.imitation for f in features]) * found,
        abandon=np.array([f.abandon for f in features], dtype=np.float64),
        adopters=table.adopters.copy(),
        cumulative=cumulative,
        events_mean=np.array(parameters.sessions.events_mean, dtype=np.float64),
        events_most=parameters.sessions.events_most,
        gap_median=float(parameters.sessions.gap_median_seconds),
        gap_sigma=float(parameters.sessions.gap_sigma),
        gap_most=float(parameters.sessions.gap_most_seconds),
        anonymous_start=float(parameters.tracking.anonymous_start),
        experiments=len(parameters.experiments),
    )


def emit(company: Company, day: Day, today: Today) -> None:
    """Hand the day's events to whoever shows them: `app_event` and `late_app_event`, by time, and `app_session`."""
    sessions = today.sessions
    # A stable order by time: of one second, the lower person and then the earlier event come first.
    order = np.argsort(today.events[:, usage.SECOND], kind="stable")
    events, mobile = today.events[order], _mobile(today)[order]
    person = events[:, usage.PERSON]
    happened = {
        "user": today.people[person],
        "at": day.start_seconds + events[:, usage.SECOND].astype(np.int64),
        "event": events[:, usage.CODE],
        "detail": events[:, usage.DETAIL],
        "session": events[:, usage.SESSION],
        "sequence": events[:, usage.SEQUENCE],
        "anonymous": events[:, usage.ANONYMOUS] == 1,
        "mobile": mobile,
        "release": np.where(mobile, today.phone_release[person], today.web_release),
        "tracked": today.tracked[person],
        "arrives": today.arrives[person],
    }
    day.emit("app_event", **happened)
    late.deliver(company, day, happened)
    owner = sessions[:, usage.S_PERSON]
    day.emit(
        "app_session",
        user=today.people[owner],
        session=sessions[:, usage.S_NUMBER],
        started_at=day.start_seconds + sessions[:, usage.S_START].astype(np.int64),
        events=sessions[:, usage.S_EVENTS],
    )


def _mobile(today: Today) -> NDArray[np.bool_]:
    # Whether each event's session was in the mobile app: sessions lie in the order of their events.
    return np.repeat(today.sessions[:, usage.S_MOBILE] == 1, today.sessions[:, usage.S_EVENTS])


def follow(company: Company, day: Day, today: Today) -> None:
    """What the events change: activation, experiments, answers, trials."""
    codes = EventCodes.of(company.scenario.product)
    person, code = today.events[:, usage.PERSON], today.events[:, usage.CODE]
    at, arrives = day.start_seconds + today.events[:, usage.SECOND].astype(np.int64), today.arrives[person]
    for row in range(codes.experiments):
        seen = np.flatnonzero(code == codes.exposure + row)
        treated = today.events[seen, usage.DETAIL] == 1
        if len(seen):
            experiments.expose(company, day, row, today.people[person[seen]], at[seen], arrives[seen], treated)
        done = np.flatnonzero(code == codes.goal + row)
        if len(done):
            experiments.reach(company, day, row, today.people[person[done]], at[done], arrives[done])
    said = np.flatnonzero(code == codes.survey)
    if len(said):
        score = today.events[said, usage.DETAIL].astype(np.int64)
        nps.answered(company, day, today.people[person[said]], score, at[said], arrives[said])
    _activate(company, day, today, at)


def _activate(company: Company, day: Day, today: Today, at: Rows) -> None:
    parameters, memory, users = company.scenario.product, company.part(Product), company.users
    codes, reached = EventCodes.of(parameters), memory.people.reached
    person, code = today.events[:, usage.PERSON], today.events[:, usage.CODE]
    steps = (
        (Step.DEVICE, codes.device_connected),
        (Step.DASHBOARD, parameters.feature_row(parameters.activation.dashboard)),
        (Step.REPORT, parameters.feature_row(parameters.activation.report)),
    )
    completed = np.zeros(len(today.people), dtype=np.int64)
    before = reached[today.people].copy()
    for bit, number in steps:
        rows = np.flatnonzero(code == number)
        owner, first = np.unique(person[rows], return_index=True)
        new = (before[owner] & bit) == 0
        reached[today.people[owner[new]]] |= bit
        completed[owner[new]] = np.maximum(completed[owner[new]], at[rows[first[new]]])
        _tell_step(company, day, today, bit, owner, at[rows[first]])
    now = (reached[today.people] == WHOLE_SET) & (before != WHOLE_SET) & memory.people.setting_up[today.people]
    in_time = completed < users.created_at[today.people] + 86_400 * parameters.activation.days
    rows = np.flatnonzero(now & in_time)
    people = today.people[rows]
    memory.people.activated_day[people] = day.number
    day.tell(
        "user_activation",
        user=people,
        created_at=users.created_at[people] * 1_000_000,
        activated_at=completed[rows] * 1_000_000,
        is_test=today.test[rows],
        tracked=today.tracked[rows],
    )
    _activate_trials(company, day, people, completed[rows])


def _tell_step(company: Company, day: Day, today: Today, step: Step, owner: Grid, at: Rows) -> None:
    # Every day on which somebody new does a step: the trackers may get the first of them late.
    people = today.people[owner]
    in_time = at < company.users.created_at[people] + 86_400 * company.scenario.product.activation.days
    rows = np.flatnonzero(in_time & company.part(Product).people.setting_up[people] & today.tracked[owner])
    day.tell(
        "activation_step",
        user=people[rows],
        step=np.full(len(rows), step.name.lower(), dtype=object),
        at=at[rows] * 1_000_000,
        arrived_on=today.arrives[owner[rows]],
    )


def _activate_trials(company: Company, day: Day, people: Rows, at: Rows) -> None:
    # The server tells when the first person of a trial reached the activation set.
    account = company.users.account[people]
    order = np.lexsort((people, at))
    houses, first = np.unique(account[order], return_index=True)
    keep = houses >= 0
    houses, first = houses[keep], order[first[keep]]
    memory = company.part(Product)
    trial = (company.accounts.status[houses] == AccountStatus.TRIAL) & ~memory.houses.activated[houses]
    memory.houses.activated[houses[trial]] = True
    day.emit("trial_activated", account=houses[trial], user=people[first[trial]], at=at[first[trial]])


def notice_upgrades(company: Company, day: Day) -> None:
    """Accounts that moved to a higher plan today: the server tells the trackers."""
    plans, changed = company.part(Product).houses.plan, day.fact("plan_changed")
    if changed is not None:
        up = changed["plan"] > plans[changed["account"]]
        day.emit("plan_upgraded", account=changed["account"][up], at=changed["at"][up], plan=changed["plan"][up])
    plans[:] = company.accounts.plan


@numba.njit(cache=True, nogil=True)
def _signals(
    account: NDArray[np.int64],
    there: NDArray[np.bool_],
    last_day: NDArray[np.int64],
    last_used: NDArray[np.int32],
    adopted: NDArray[np.int64],
    since: int,
    accounts: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Active people and bits of used features by account, and adopters by feature."""
    active = np.zeros(accounts, np.int64)
    used = np.zeros(accounts, np.int64)
    adopters = np.zeros(last_used.shape[1], np.int64)
    for i in range(len(account)):
        if not there[i]:
            continue
        for f in range(last_used.shape[1]):
            adopters[f] += (adopted[i] >> f) & 1
        if account[i] < 0 or last_day[i] < since:
            continue
        active[account[i]] += 1
        for f in range(last_used.shape[1]):
            if last_used[i, f] >= since:
                used[account[i]] |= np.int64(1) << f
    return active, used, adopters


def signal(company: Company, day: Day) -> Rows:
    """Write what the customers' hazards read tomorrow; answers each feature's adopters."""
    memory, users = company.part(Product), company.users
    there = activity.present(company)
    active, used, adopters = _signals(
        users.account,
        there,
        memory.people.last_day.astype(np.int64),
        memory.last_used,
        memory.people.adopted,
        day.number - 27,
        len(company.accounts),
    )
    company.accounts.signal_active_users_28d[:] = active
    company.accounts.signal_features_adopted[:] = activity.features_taken_up(used)
    memory.features.adopters[:] = adopters / max(int(there.sum()), 1)
    return adopters
