"""Zendesk's log of a day, from the tickets whose course touched it."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.support.calendar import BusinessCalendar
from tapflow.business.support.state import LATER, Category, Priority, Support
from tapflow.core import ids
from tapflow.sources.zendesk.ids import zendesk_id

Log = dict[str, Any]
Ints = NDArray[np.int64]
_API = "https://tapflow.zendesk.com/api/v2"
_SUBJECTS = ("How do I {0}?", "Controller {0}", "Question about our {0}", "It would help to have {0}")
_TOPICS = (
    ("export a report", "invite a colleague", "change a keg", "read the waste chart", "set an alert"),
    ("is offline", "shows a wrong temperature", "does not count", "leaks", "restarts by itself"),
    ("invoice", "last payment", "discount", "taps billed", "card"),
    ("a phone widget", "an API for our till", "stock by supplier", "alerts by text", "a darker theme"),
)
_TYPES = ("question", "problem", "question", "task")


def records(company: Company, day: Day) -> dict[str, Log]:
    """The day's log of every Zendesk object that changed."""
    support = company.part(Support)
    logs: dict[str, Log] = {}
    if day.number == company.first_day:
        logs |= {"sla_policies": _policies(day)}
    logs |= _people(company, day, support)
    events = day.fact("ticket_event")
    if events is not None:
        logs |= _ticket_logs(company, day, support, events)
    return {name: log for name, log in logs.items() if len(log["id"])}


def micros(seconds: Ints, there: NDArray[np.bool_] | None = None) -> pa.Array:
    """Epoch seconds as microseconds; null where `there` is false."""
    return pa.array(seconds * 1_000_000, mask=None if there is None else ~there)


def _json(values: list[Any]) -> list[str]:
    return [orjson.dumps(v).decode() for v in values]


def _people(company: Company, day: Day, support: Support) -> dict[str, Log]:
    """Organizations and users, on the day of their first ticket; agents on the first day."""
    since = 0 if day.number == company.first_day else day.start_seconds
    houses, people = support.houses, support.people
    new_houses = np.flatnonzero((houses.met_at >= since) & (houses.met_at < day.end_seconds))
    new_people = np.flatnonzero((people.met_at >= since) & (people.met_at < day.end_seconds))
    users = _users(company, people.row[new_people], people.met_at[new_people])
    new_agents = np.flatnonzero(support.agents.hired_at >= day.start_seconds)
    users = {k: [*v, *a] for (k, v), a in zip(users.items(), _agents(new_agents, day).values(), strict=True)}
    return {
        "organizations": _organizations(company, houses.row[new_houses], houses.met_at[new_houses]),
        "users": users,
    }


def _organizations(company: Company, rows: Ints, met_at: Ints) -> Log:
    known = company.lasting().happens("zendesk/external_id", rows, 0.8)
    public = ids.uuid("app/account", rows)
    return {
        "id": zendesk_id("organization", rows),
        "url": [f"{_API}/organizations/{n}.json" for n in zendesk_id("organization", rows)],
        "name": names.variants(company, names.account_names(company, rows), rows, "zendesk"),
        "external_id": np.where(known, public, np.array(None, dtype=object)),
        "domain_names": _json([[d] for d in names.account_domains(company, rows)]),
        "shared_tickets": np.zeros(len(rows), dtype=bool),
        "tags": ["[]"] * len(rows),
        "created_at": met_at * 1_000_000,
        "updated_at": met_at * 1_000_000,
    }


def organization_of(company: Company, users: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The organization id of each user, and whether the help desk knows it."""
    account = company.users.account[users]
    missing = company.lasting().happens("zendesk/no_organization", users, company.scenario.support.missing_organization)
    return zendesk_id("organization", account), ~missing


def _users(company: Company, rows: Ints, met_at: Ints) -> Log:
    organization, known = organization_of(company, rows)
    full = names.given_names(company, rows) + " " + names.family_names(company, rows)
    return {
        "id": zendesk_id("user", rows).tolist(),
        "url": [f"{_API}/users/{n}.json" for n in zendesk_id("user", rows)],
        "name": list(full),
        "email": list(names.user_emails(company, rows)),
        "role": ["end-user"] * len(rows),
        "organization_id": np.where(known, organization.astype(object), np.array(None, dtype=object)).tolist(),
        "active": [True] * len(rows),
        "verified": [True] * len(rows),
        "locale": ["en-US"] * len(rows),
        "created_at": (met_at * 1_000_000).tolist(),
        "updated_at": (met_at * 1_000_000).tolist(),
    }


def _agents(rows: Ints, day: Day) -> Log:
    count, numbers = len(rows), zendesk_id("agent", rows)
    at = [day.start_seconds * 1_000_000] * count
    return {
        "id": numbers.tolist(),
        "url": [f"{_API}/users/{n}.json" for n in numbers],
        "name": [f"Agent {k + 1}" for k in rows],
        "email": [f"agent{k + 1}@tapflow.example" for k in rows],
        "role": ["agent"] * count,
        "organization_id": [None] * count,
        "active": [True] * count,
        "verified": [True] * count,
        "locale": ["en-US"] * count,
        "created_at": at,
        "updated_at": at,
    }


def _ticket_logs(company: Company, day: Day, support: Support, events: dict[str, Any]) -> dict[str, Log]:
    table = support.tickets
    place = np.full(int(table.number.max()) + 1, -1, dtype=np.int64)
    place[table.number] = table.rows
    rows = np.unique(place[events["number"]])
    steps = events["kind"] != "filed"
    happened = {k: v[steps] for k, v in events.items()}
    happened["row"] = place[happened["number"]]
    return {
        "tickets": _tickets(company, day, support, rows),
        "ticket_metrics": _metrics(company, day, support, rows),
        "ticket_audits": _audits(support, happened),
        "comments": _comments(support, happened),
        "satisfaction_ratings": _ratings(support, happened),
    }


def _known(support: Support, rows: Ints, column: str, day: Day) -> NDArray[np.bool_]:
    at = support.tickets[column][rows]
    return np.asarray((at != LATER) & (at < day.end_seconds))


def _updated(support: Support, rows: Ints, day: Day) -> Ints:
    newest = support.tickets.created_at[rows].copy()
    for column in ("responded_at", "solved_at", "reopened_at", "resolved_at", "rated_at", "closed_at"):
        at = support.tickets[column][rows]
        newest = np.where(_known(support, rows, column, day), np.maximum(newest, at), newest)
    return newest


def _status(support: Support, rows: Ints, day: Day) -> NDArray[np.object_]:
    def known(column: str) -> NDArray[np.bool_]:
        return _known(support, rows, column, day)

    solved = (known("solved_at") & ~known("reopened_at")) | known("resolved_at")
    choices = [known("closed_at"), solved, known("responded_at")]
    return np.select(choices, ["closed", "solved", "open"], default="new").astype(object)


def _tickets(company: Company, day: Day, support: Support, rows: Ints) -> Log:
    table = support.tickets
    number, category, requester = table.number[rows], table.category[rows], table.requester[rows]
    organization, in_house = organization_of(company, requester)
    subjects = [_SUBJECTS[c].format(_TOPICS[c][n % 5]) for c, n in zip(category, number, strict=True)]
    rated = _known(support, rows, "rated_at", day)
    scores = np.where(rated, np.where(table.rating[rows] == 1, "good", "bad"), "unoffered")
    channels = np.array(list(company.scenario.support.channels), dtype=object)[table.channel[rows]]
    updated = _updated(support, rows, day)
    tags = [[Category(c).name.lower()] for c in category]
    return {
        "id": zendesk_id("ticket", number),
        "url": [f"{_API}/tickets/{n + 1}.json" for n in number],
        "subject": subjects,
        "raw_subject": subjects,
        "type": [_TYPES[c] for c in category],
        "status": _status(support, rows, day),
        "priority": [Priority(p).name.lower() for p in table.priority[rows]],
        "requester_id": zendesk_id("user", requester),
        "submitter_id": zendesk_id("user", requester),
        "assignee_id": zendesk_id("agent", table.agent[rows]),
        "organization_id": pa.array(organization, mask=~in_house),
        "via": _json([{"channel": c, "source": {"from": {}, "to": {}, "rel": None}} for c in channels]),
        "tags": _json(tags),
        "custom_fields": ["[]"] * len(rows),
        "satisfaction_rating": _json([{"score": s} for s in scores.tolist()]),
        "generated_timestamp": updated,
        "created_at": micros(table.created_at[rows]),
        "updated_at": micros(updated),
    }


def _metrics(company: Company, day: Day, support: Support, rows: Ints) -> Log:
    table = support.tickets
    calendar = BusinessCalendar(company.scenario.support.calendar)
    created = table.created_at[rows]
    responded, reopened = _known(support, rows, "responded_at", day), _known(support, rows, "reopened_at", day)
    solved_at = np.where(_known(support, rows, "resolved_at", day), table.resolved_at[rows], table.solved_at[rows])
    solved = _status(support, rows, day)
    done = (solved == "solved") | (solved == "closed")
    number = table.number[rows]
    return {
        "id": zendesk_id("metric", number),
        "url": [f"{_API}/ticket_metrics/{n}.json" for n in zendesk_id("metric", number)],
        "ticket_id": zendesk_id("ticket", number),
        "reopens": reopened.astype(np.int64),
        "replies": np.where(responded, table.replies[rows], 0),
        "reply_time_in_minutes": _minutes(calendar, created, table.responded_at[rows], responded),
        "full_resolution_time_in_minutes": _minutes(calendar, created, solved_at, done),
        "assigned_at": micros(created),
        "solved_at": micros(solved_at, done),
        "created_at": micros(created),
        "updated_at": micros(_updated(support, rows, day)),
    }


def _minutes(calendar: BusinessCalendar, begin: Ints, end: Ints, there: NDArray[np.bool_]) -> list[str]:
    business = (calendar.elapsed(end) - calendar.elapsed(begin)) // 60
    pairs = zip(((end - begin) // 60).tolist(), business.tolist(), there, strict=True)
    return _json([{"calendar": c if t else None, "business": b if t else None} for c, b, t in pairs])


_STEPS: dict[str, dict[str, Any]] = {
    "created": {"type": "Create", "field_name": "status", "value": "new", "previous_value": None},
    "responded": {"type": "Comment", "field_name": "comment", "value": "reply", "previous_value": None},
    "solved": {"type": "Change", "field_name": "status", "value": "solved", "previous_value": "open"},
    "reopened": {"type": "Change", "field_name": "status", "value": "open", "previous_value": "solved"},
    "resolved": {"type": "Change", "field_name": "status", "value": "solved", "previous_value": "open"},
    "closed": {"type": "Change", "field_name": "status", "value": "closed", "previous_value": "solved"},
}
_KIND_ORDER = ("created", "responded", "solved", "reopened", "resolved", "rated", "closed")


def _audits(support: Support, happened: dict[str, Any]) -> Log:
    table, row = support.tickets, happened["row"]
    place = np.array([_KIND_ORDER.index(k) for k in happened["kind"]], dtype=np.int64)
    by_requester = np.isin(happened["kind"], ("created", "reopened", "rated"))
    rating = np.where(table.rating[row] == 1, "good", "bad")
    events = []
    for kind, score in zip(happened["kind"], rating.tolist(), strict=True):
        step = _STEPS.get(kind) or {
            "type": "Rating",
            "field_name": "score",
            "value": score,
            "previous_value": "offered",
        }
        events.append([{"id": 1, **step}])
    author = np.where(by_requester, zendesk_id("user", table.requester[row]), zendesk_id("agent", table.agent[row]))
    return {
        "id": zendesk_id("audit", table.number[row] * 8 + place),
        "ticket_id": zendesk_id("ticket", table.number[row]),
        "author_id": author,
        "events": _json(events),
        "via": ['{"channel":"api"}'] * len(row),
        "created_at": micros(happened["at"]),
    }


def _comments(support: Support, happened: dict[str, Any]) -> Log:
    chosen = np.isin(happened["kind"], ("created", "responded", "reopened"))
    row, kind, at = happened["row"][chosen], happened["kind"][chosen], happened["at"][chosen]
    table = support.tickets
    place = np.array([_KIND_ORDER.index(k) for k in kind], dtype=np.int64)
    replied = kind == "responded"
    words = {"created": "Hello, we need help.", "responded": "Thank you for writing.", "reopened": "It is back."}
    return {
        "id": zendesk_id("comment", table.number[row] * 8 + place),
        "ticket_id": zendesk_id("ticket", table.number[row]),
        "author_id": np.where(replied, zendesk_id("agent", table.agent[row]), zendesk_id("user", table.requester[row])),
        "body": [words[k] for k in kind],
        "public": np.ones(len(row), dtype=bool),
        "via": ['{"channel":"web"}'] * len(row),
        "created_at": micros(at),
    }


def _ratings(support: Support, happened: dict[str, Any]) -> Log:
    chosen = happened["kind"] == "rated"
    row, at = happened["row"][chosen], happened["at"][chosen]
    table = support.tickets
    number = zendesk_id("rating", table.number[row])
    return {
        "id": number,
        "url": [f"{_API}/satisfaction_ratings/{n}.json" for n in number],
        "ticket_id": zendesk_id("ticket", table.number[row]),
        "requester_id": zendesk_id("user", table.requester[row]),
        "assignee_id": zendesk_id("agent", table.agent[row]),
        "score": np.where(table.rating[row] == 1, "good", "bad").astype(object),
        "comment": [None] * len(row),
        "created_at": micros(at),
        "updated_at": micros(at),
    }


def _policies(day: Day) -> Log:
    targets = [
        {"priority": p.name.lower(), "metric": "first_reply_time", "target": 120, "business_hours": True}
        for p in Priority
    ]
    at = [day.start_seconds * 1_000_000]
    return {
        "id": [45_000_000_001],
        "url": [f"{_API}/slas/policies/45000000001.json"],
        "title": ["First response"],
        "description": ["A first reply within two business hours."],
        "position": [1],
        "policy_metrics": _json([targets]),
        "created_at": at,
        "updated_at": at,
    }
