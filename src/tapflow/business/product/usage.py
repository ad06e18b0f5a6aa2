"""The day's sessions and events, person by person, in compiled code.

Each person's draws are keyed by their number, so that who else is active changes nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from tapflow.business.chance import unit

SESSION_GAP_SECONDS = 1800  # the field's rule: a silence of 30 minutes ends a session
MOST_SESSIONS = 8
_DRAWS = 4096  # draw numbers that a session may use
_EXTRAS = 12  # events that a session may hold beside those of features, errors and experiments
_LAST_SECOND = 86_300  # no event begins later: what follows it at once still belongs to the day

# Columns of the event, session and total grids that `generate` answers.
PERSON, SECOND, CODE, DETAIL, SESSION, SEQUENCE, ANONYMOUS = range(7)
S_PERSON, S_NUMBER, S_START, S_END, S_MOBILE, S_EVENTS = range(6)
SESSIONS, EVENTS, FEATURE_EVENTS, FEATURES, ERRORS, SECONDS = range(6)


class People(NamedTuple):
    """The active people, a value each; `adopted` and `connects` change while the day passes."""

    user: NDArray[np.int64]
    role: NDArray[np.int64]
    hours: NDArray[np.int64]  # row of the cumulative shares by hour
    earliest: NDArray[np.int64]  # second of the day from which the login exists
    sessions: NDArray[np.int64]  # that they mean to have
    mobile: NDArray[np.float64]  # chance that a session is in the mobile app
    connects: NDArray[np.float64]  # chance a session to see a device connected; 0 when done or impossible
    score: NDArray[np.int64]  # NPS score given today, -1 for none
    exposures: NDArray[np.int64]  # bit an experiment: its variant is shown today for the first time
    variants: NDArray[np.int64]  # bit an experiment: treatment
    goals: NDArray[np.int64]  # bit an experiment: its goal is reached today
    fails_web: NDArray[np.float64]  # chance that a feature event fails
    fails_mobile: NDArray[np.float64]
    adopted: NDArray[np.int64]  # bit a feature


class Rules(NamedTuple):
    """The features and how sessions run; arrays have a value a feature, or a row a role."""

    inclined: NDArray[np.uint64]  # keys of lasting inclination
    launched: NDArray[np.bool_]
    ceiling: NDArray[np.float64]
    use: NDArray[np.float64]
    innovation: NDArray[np.float64]
    imitation: NDArray[np.float64]
    abandon: NDArray[np.float64]
    adopters: NDArray[np.float64]
    cumulative: NDArray[np.float64]  # rows of 24 hours
    events_mean: NDArray[np.float64]
    events_most: int
    gap_median: float
    gap_sigma: float
    gap_most: float
    anonymous_start: float
    experiments: int


@numba.njit(cache=True, nogil=True)
def _put(events: Any, n: int, person: int, second: int, code: int, detail: int, session: int, sequence: int) -> int:
    events[n, PERSON], events[n, SECOND], events[n, CODE], events[n, DETAIL] = person, second, code, detail
    events[n, SESSION], events[n, SEQUENCE], events[n, ANONYMOUS] = session, sequence, 0
    return n + 1


@numba.njit(cache=True)
def _starts(key: np.uint64, user: int, hours: Any, starts: Any) -> None:
    for k in range(len(starts)):
        u, hour = unit(key, user, 2 * k), 0
        while hour < 23 and hours[hour] <= u:
            hour += 1
        starts[k] = hour * 3600 + np.int64(unit(key, user, 2 * k + 1) * 3600)
    starts.sort()


@numba.njit(cache=True)
def _discover(key: np.uint64, user: int, role: int, draw: int, adopted: Any, rules: Any) -> Any:
    # Bass (1969): of those inclined, p take a feature up by themselves and q times the share of adopters by example.
    for f in range(len(rules.launched)):
        bit, u = np.int64(1) << f, unit(key, user, draw + 10 + f)
        if adopted & bit:
            if u < rules.abandon[f]:
                adopted &= ~bit
        elif (
            rules.launched[f]
            and u < rules.innovation[f] + rules.imitation[f] * rules.adopters[f]
            and unit(rules.inclined[f], user, 0) < rules.ceiling[role, f]
        ):
            adopted |= bit
    return adopted


@numba.njit(cache=True, nogil=True)
def _choose(u: float, adopted: int, use: Any) -> int:
    total = 0.0
    for f in range(len(use)):
        if (adopted >> f) & 1:
            total += use[f]
    rest, chosen = u * total, 0
    for f in range(len(use)):
        if (adopted >> f) & 1 and use[f] > 0.0:
            chosen = f
            rest -= use[f]
            if rest < 0.0:
                break
    return chosen


@numba.njit(cache=True, nogil=True)
def _pause(key: np.uint64, user: int, draw: int, rules: Any) -> Any:
    a, b = max(unit(key, user, draw), 1e-12), unit(key, user, draw + 1)
    z = np.sqrt(-2.0 * np.log(a)) * np.cos(2.0 * np.pi * b)
    return 1 + np.int64(min(rules.gap_median * np.exp(rules.gap_sigma * z), rules.gap_most))


@numba.njit(cache=True)
def _once(events: Any, n: int, i: int, t: int, first: int, number: int, people: Any, rules: Any) -> Any:
    # What happens once a day, in the first session: variants shown, goals reached, the survey answered.
    exposure = len(rules.launched) + 6
    for x in range(rules.experiments):
        if (people.exposures[i] >> x) & 1:
            n = _put(events, n, i, t, exposure + x, (people.variants[i] >> x) & 1, number, n - first)
    for x in range(rules.experiments):
        if (people.goals[i] >> x) & 1:
            t += 1
            n = _put(events, n, i, t, exposure + rules.experiments + x, -1, number, n - first)
    if people.score[i] >= 0:
        t += 1
        n = _put(events, n, i, t, len(rules.launched) + 3, people.score[i], number, n - first)
    return n, t


@numba.njit(cache=True, nogil=True)
def generate(key: np.uint64, people: Any, rules: Any, last_used: Any, today: int) -> Any:
    """The events, sessions and totals of the active people, as grids of int64, in order of person and time.

    `last_used` has the people's rows and is changed, as is `people.adopted`.
    """
    count, features = len(people.user), len(rules.launched)
    wanted = np.minimum(people.sessions, MOST_SESSIONS)
    room = wanted.sum()
    events = np.empty((room * (2 * rules.events_most + _EXTRAS + 2 * rules.experiments), 7), np.int32)
    sessions = np.empty((room, 6), np.int32)
    totals = np.zeros((count, 6), np.int64)
    starts = np.empty(MOST_SESSIONS, np.int64)
    n, s = 0, 0
    for i in range(count):
        user, role = people.user[i], people.role[i]
        _starts(key, user, rules.cumulative[people.hours[i]], starts[: wanted[i]])
        free, first = people.earliest[i], n
        for k in range(wanted[i]):
            draw, begin = (k + 1) * _DRAWS, max(starts[k], free)
            if begin >= _LAST_SECOND:
                break
            is_mobile = unit(key, user, draw) < people.mobile[i]
            fails = people.fails_mobile[i] if is_mobile else people.fails_web[i]
            signed_out = unit(key, user, draw + 1) < rules.anonymous_start
            people.adopted[i] = _discover(key, user, role, draw, people.adopted[i], rules)
            # A geometric number of events, at least one.
            tail = np.log(1.0 - 1.0 / max(rules.events_mean[role], 1.0001))
            planned = 1 + np.int64(np.log(1.0 - unit(key, user, draw + 2)) / tail)
            t, opened = begin, n
            for e in range(min(planned, rules.events_most)):
                d = draw + 100 + 8 * e
                if e > 0:
                    t += _pause(key, user, d, rules)
                if t >= _LAST_SECOND:
                    break
                chosen = _choose(unit(key, user, d + 2), people.adopted[i], rules.use[role])
                n = _put(events, n, i, t, chosen, -1, k, n - first)
                totals[i, FEATURE_EVENTS] += 1
                totals[i, FEATURES] |= np.int64(1) << chosen
                last_used[i, chosen] = today
                if e == 0 and signed_out:
                    events[n - 1, ANONYMOUS] = 1
                    t += 1
                    n = _put(events, n, i, t, features + 2, -1, k, n - first)
                if unit(key, user, d + 3) < fails:
                    n = _put(events, n, i, t, features + 1, chosen, k, n - first)
                    totals[i, ERRORS] += 1
                if e == 0 and k == 0:
                    n, t = _once(events, n, i, t, first, k, people, rules)
                if e == 0 and unit(key, user, draw + 3) < people.connects[i]:
                    t += 1
                    n = _put(events, n, i, t, features, -1, k, n - first)
                    people.connects[i] = 0.0
            last = np.int64(events[n - 1, SECOND])
            sessions[s, S_PERSON], sessions[s, S_NUMBER], sessions[s, S_START] = i, k, begin
            sessions[s, S_END], sessions[s, S_MOBILE], sessions[s, S_EVENTS] = last, is_mobile, n - opened
            s += 1
            totals[i, SESSIONS] += 1
            totals[i, EVENTS] += n - opened
            totals[i, SECONDS] += last - begin
            free = last + SESSION_GAP_SECONDS + 1
    return events[:n].copy(), sessions[:s].copy(), totals
