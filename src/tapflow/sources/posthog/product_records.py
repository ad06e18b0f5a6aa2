"""The app's events as PostHog captured them; people with an ad blocker are not among them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER, Plan, Role
from tapflow.business.day import Columns, Day
from tapflow.business.engineering.state import Engineering
from tapflow.business.engineering.truth import version
from tapflow.business.product.events import EventCodes, event_names
from tapflow.business.product.experiments import VARIANTS
from tapflow.sources.app.ids import key
from tapflow.sources.posthog.columns import Coded, Events, coded, each, instants, spelled

_12_BITS, _60_BITS = np.uint64((1 << 12) - 1), np.uint64((1 << 60) - 1)
SURVEY_ID = "0190d0c4-3b1e-7000-a000-00000000006e"
WEB, MOBILE, SERVER = "web-app", "mobile-app", "server"


def distinct_ids(users: NDArray[np.int64]) -> pa.Array:
    """The ids under which signed-in people are known: their keys in the product database."""
    return pa.array(key(users)).cast(pa.string())


def time_uuids(at: NDArray[np.int64], sequence: NDArray[np.int64], number: NDArray[np.int64]) -> pa.Array:
    """UUIDs of version 7: the instant (epoch seconds) first, then a sequence and a number that tell equals apart."""
    high = (at * 1000).astype(np.uint64) << np.uint64(16) | np.uint64(0x7000) | sequence.astype(np.uint64) & _12_BITS
    return spelled(high, number.astype(np.uint64) & _60_BITS | np.uint64(0xA << 60))


def captured(day: Day) -> Columns | None:
    """The in-app events that reach the trackers on the day, those of earlier days first; in order of time."""
    late, facts = day.fact("late_app_event"), day.fact("app_event")
    if facts is None:
        return late
    now = facts["tracked"] & (facts["arrives"] == day.number)
    seen = {name: values[now] for name, values in facts.items()}
    return seen if late is None else {name: np.concatenate([late[name], values]) for name, values in seen.items()}


def events(company: Company, day: Day) -> list[Events]:
    """The day's in-app and server events."""
    return [*_app(company, day), *_server(company, day)]


def _app(company: Company, day: Day) -> list[Events]:
    seen = captured(day)
    if seen is None or len(seen["at"]) == 0:
        return []
    seen = _doubled(company, day, seen)
    user, at, hidden = seen["user"], seen["at"], seen["anonymous"]
    # A session's person, account and ids are written once for all its events.
    whole, place = np.unique(at // 86_400 << 40 | user << 4 | seen["session"], return_inverse=True)
    began_on, sessions = np.divmod(whole, 1 << 40)
    person = sessions // 16
    account = company.users.account[person]
    start = began_on * 86_400
    anonymous = time_uuids(start, np.full(len(sessions), 2), sessions)
    mobile = seen["mobile"].astype(np.int64)
    columns = {
        "uuid": each(time_uuids(at, seen["sequence"].astype(np.int64), user)),
        "event": coded(event_names(company.scenario.product), seen["event"]),
        "distinct_id": coded(
            pa.concat_arrays([anonymous, distinct_ids(person)]), np.where(hidden, place, len(sessions) + place)
        ),
        "timestamp": instants(at * 1_000_000),
        # A session's id, and the anonymous id of the browser or phone before signing in, differ in their sequence.
        "session_id": coded(time_uuids(start, np.full(len(sessions), 1), sessions), place),
        "lib": coded((WEB, MOBILE), mobile),
        "device_type": coded(("Desktop", "Mobile"), mobile),
        "account_id": coded(
            pa.array(key(account)).cast(pa.string()), np.where((account[place] < 0) | hidden, -1, place)
        ),
        "properties": _properties(company, seen, Coded(anonymous, place)),
    }
    return [Events(len(at), columns)]


def _doubled(company: Company, day: Day, seen: Columns) -> Columns:
    # A phone or browser that got no answer sends an event again: the same uuid twice.
    entity = seen["user"] * 4096 + seen["sequence"]
    again = day.chance.happens("posthog/duplicates", entity, company.scenario.product.tracking.duplicates)
    rows = np.repeat(np.arange(len(entity)), 1 + again)
    return {name: values[rows] for name, values in seen.items()}


def _properties(company: Company, seen: Columns, anonymous: Coded) -> Coded:
    """`properties`: the app's version, and what the kind of event adds; few distinct texts a day."""
    codes = EventCodes.of(company.scenario.product)
    # Events of features carry no detail: one text a release.
    cell = (seen["release"].astype(np.int64) * 256 + seen["event"]) * 256 + seen["detail"] + 1
    plain = seen["event"] < codes.features
    cell[plain] = seen["release"][plain].astype(np.int64) * 65536
    distinct, place = np.unique(cell, return_inverse=True)
    texts = [_text(company, int(c) // 65536, int(c) // 256 % 256, int(c) % 256 - 1) for c in distinct]
    rows = np.flatnonzero(seen["event"] == codes.identify)
    merged = pc.binary_join_element_wise('{"$anon_distinct_id":"', anonymous.of(rows).array(), '"}', "")
    place[rows] = len(texts) + np.arange(len(rows))
    return coded(pa.concat_arrays([pa.array(texts, pa.string()), merged]), place)


def _text(company: Company, release: int, event: int, detail: int) -> str:
    product, codes = company.scenario.product, EventCodes.of(company.scenario.product)
    table = company.part(Engineering).releases
    spelled = version(table.major[release], table.minor[release], table.patch[release])
    more = ""
    if event == codes.exception:
        failed = product.features[detail]
        more = f',"$exception_type":"AppError","$exception_message":"{failed.name} failed","feature":"{failed.key}"'
    elif event == codes.survey:
        more = f',"$survey_id":"{SURVEY_ID}","$survey_name":"NPS","$survey_response":"{detail}"'
    elif codes.exposure <= event < codes.goal:
        flag = product.experiments[event - codes.exposure].key
        more = f',"$feature_flag":"{flag}","$feature_flag_response":"{VARIANTS[detail]}"'
    return f'{{"$app_version":"{spelled}"{more}}}'


def _server(company: Company, day: Day) -> list[Events]:
    parts = []
    trials, upgrades = day.fact("trial_activated"), day.fact("plan_upgraded")
    if trials is not None:
        properties = coded(("{}",), np.zeros(len(trials["at"])))
        parts.append(_told("trial_activated", trials["account"], trials["user"], trials["at"], properties))
    if upgrades is not None:
        plans = [f'{{"plan":"{plan.name.lower()}"}}' for plan in Plan]
        owners = _owners(company, upgrades["account"])
        parts.append(
            _told("plan_upgraded", upgrades["account"], owners, upgrades["at"], coded(plans, upgrades["plan"]))
        )
    return parts


def _told(
    event: str, account: NDArray[np.int64], user: NDArray[np.int64], at: NDArray[np.int64], properties: Coded
) -> Events:
    columns = {
        "uuid": each(time_uuids(at, np.full(len(at), 4094), account)),
        "event": coded((event,), np.zeros(len(at))),
        "distinct_id": each(distinct_ids(user)),
        "timestamp": instants(at * 1_000_000),
        "lib": coded((SERVER,), np.zeros(len(at))),
        "account_id": each(pa.array(key(account)).cast(pa.string())),
        "properties": properties,
    }
    return Events(len(at), columns)


def _owners(company: Company, accounts: NDArray[np.int64]) -> NDArray[np.int64]:
    # The newest owner's login of each account.
    users = company.users
    owner = np.full(len(company.accounts), NEVER, dtype=np.int64)
    rows = np.flatnonzero((users.role == Role.OWNER) & (users.account >= 0))
    owner[users.account[rows]] = rows
    return owner[accounts]
