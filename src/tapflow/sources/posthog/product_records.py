"""The app's events as PostHog captured them; people with an ad blocker are not among them."""

from __future__ import annotations

from typing import Any

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
from tapflow.sources.posthog.columns import event_table, looked_up, spelled

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
    """The day's in-app events that reach the trackers, in order of time, person and sequence."""
    facts = day.fact("app_event")
    if facts is None:
        return None
    return {name: values[facts["tracked"]] for name, values in facts.items()}


def events(company: Company, day: Day) -> pa.Table | None:
    """The day's in-app and server events, or None."""
    parts = [part for part in (_app(company, day), _server(company, day)) if part is not None]
    return pa.concat_tables(parts) if parts else None


def _app(company: Company, day: Day) -> pa.Table | None:
    seen = captured(day)
    if seen is None or len(seen["at"]) == 0:
        return None
    seen = _doubled(company, day, seen)
    user, at = seen["user"], seen["at"]
    sessions, anonymous = _sessions(day, user, seen["session"])
    known = distinct_ids(user)
    mobile = seen["mobile"].astype(np.int64)
    account = company.users.account[user]
    return event_table(
        {
            "uuid": time_uuids(at, seen["sequence"].astype(np.int64), user),
            "event": looked_up(event_names(company.scenario.product), seen["event"].astype(np.int64)),
            "distinct_id": pc.if_else(pa.array(seen["anonymous"]), anonymous, known),
            "timestamp": pa.array(at * 1_000_000).view(pa.timestamp("us")),
            "session_id": sessions,
            "lib": looked_up((WEB, MOBILE), mobile),
            "device_type": looked_up(("Desktop", "Mobile"), mobile),
            "account_id": pc.if_else(
                pa.array((account < 0) | seen["anonymous"]), None, pa.array(key(account)).cast(pa.string())
            ),
            "properties": _properties(company, seen, anonymous),
        },
        len(at),
    )


def _doubled(company: Company, day: Day, seen: Columns) -> Columns:
    # A phone or browser that got no answer sends an event again: the same uuid twice.
    entity = seen["user"] * 4096 + seen["sequence"]
    again = day.chance.happens("posthog/duplicates", entity, company.scenario.product.tracking.duplicates)
    rows = np.repeat(np.arange(len(entity)), 1 + again)
    return {name: values[rows] for name, values in seen.items()}


def _sessions(day: Day, user: NDArray[Any], session: NDArray[Any]) -> tuple[pa.Array, pa.Array]:
    # A session's id, and the anonymous id of the browser or phone before signing in.
    code = user * 16 + session
    distinct, place = np.unique(code, return_inverse=True)
    start = np.full(len(distinct), day.start_seconds, dtype=np.int64)
    rows = pa.array(place)
    ids = time_uuids(start, np.full(len(distinct), 1), distinct).take(rows)
    return ids, time_uuids(start, np.full(len(distinct), 2), distinct).take(rows)


def _properties(company: Company, seen: Columns, anonymous: pa.Array) -> pa.Array:
    """`properties`: the app's version, and what the kind of event adds; few distinct texts a day."""
    codes = EventCodes.of(company.scenario.product)
    # Events of features carry no detail: one text a release.
    cell = (seen["release"].astype(np.int64) * 256 + seen["event"]) * 256 + seen["detail"] + 1
    plain = seen["event"] < codes.features
    cell[plain] = seen["release"][plain].astype(np.int64) * 65536
    distinct, place = np.unique(cell, return_inverse=True)
    texts = [_text(company, int(c) // 65536, int(c) // 256 % 256, int(c) % 256 - 1) for c in distinct]
    column = looked_up(texts, place.astype(np.int64))
    rows = np.flatnonzero(seen["event"] == codes.identify)
    if len(rows) == 0:
        return column
    merged = pc.binary_join_element_wise('{"$anon_distinct_id":"', anonymous.take(pa.array(rows)), '"}', "")
    mask = np.zeros(len(place), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), merged)


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


def _server(company: Company, day: Day) -> pa.Table | None:
    parts = []
    trials, upgrades = day.fact("trial_activated"), day.fact("plan_upgraded")
    if trials is not None:
        properties = pa.array(["{}"] * len(trials["at"]))
        parts.append(_told("trial_activated", trials["account"], trials["user"], trials["at"], properties))
    if upgrades is not None:
        plans = [f'{{"plan":"{plan.name.lower()}"}}' for plan in Plan]
        properties = looked_up(plans, upgrades["plan"].astype(np.int64))
        owners = _owners(company, upgrades["account"])
        parts.append(_told("plan_upgraded", upgrades["account"], owners, upgrades["at"], properties))
    return pa.concat_tables(parts) if parts else None


def _told(
    event: str, account: NDArray[np.int64], user: NDArray[np.int64], at: NDArray[np.int64], properties: pa.Array
) -> pa.Table:
    columns = {
        "uuid": time_uuids(at, np.full(len(at), 4094), account),
        "event": pa.array([event] * len(at)),
        "distinct_id": distinct_ids(user),
        "timestamp": pa.array(at * 1_000_000).view(pa.timestamp("us")),
        "lib": pa.array([SERVER] * len(at)),
        "account_id": pa.array(key(account)).cast(pa.string()),
        "properties": properties,
    }
    return event_table(columns, len(at))


def _owners(company: Company, accounts: NDArray[np.int64]) -> NDArray[np.int64]:
    # The newest owner's login of each account.
    users = company.users
    owner = np.full(len(company.accounts), NEVER, dtype=np.int64)
    rows = np.flatnonzero((users.role == Role.OWNER) & (users.account >= 0))
    owner[users.account[rows]] = rows
    return owner[accounts]
