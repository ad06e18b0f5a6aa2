"""Gainsight's log of a day."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.customers.state import AccountStatus
from tapflow.business.day import Columns, Day
from tapflow.business.success.state import Success
from tapflow.core import ids
from tapflow.core.vendor_ids import gainsight_company_ids

Log = dict[str, Any]
Ints = NDArray[np.int64]
_NULL = np.array(None, dtype=object)


def company_ids(accounts: ArrayLike) -> NDArray[np.object_]:
    """Gainsight's ids of the companies of accounts."""
    return gainsight_company_ids(accounts)


def manager_ids(managers: ArrayLike) -> NDArray[np.object_]:
    """Gainsight's ids of success managers."""
    return ids.opaque("1P01", "gainsight/user", managers, 32)


def records(company: Company, day: Day) -> dict[str, Log]:
    """The day's log of every Gainsight object that changed."""
    logs = {"companies": _companies(company, day)}
    events = day.fact("success_event")
    if events is not None:
        logs |= {
            "ctas": _calls(company, _chosen(events, "cta_opened", "cta_acted", "cta_closed")),
            "qbrs": _reviews(company, day, _chosen(events, "review_held", "review_missed")),
            "timeline_activities": _timeline(company, _chosen(events, "onboarding_call", "cta_acted", "review_held")),
        }
    answers = day.fact("nps_answered")
    if answers is not None:
        logs["nps_responses"] = _answers(company, answers)
    return {name: log for name, log in logs.items() if len(log["Gsid"])}


def _chosen(events: Columns, *kinds: str) -> Columns:
    wanted = np.isin(events["kind"], kinds)
    order = np.flatnonzero(wanted)[np.lexsort((events["number"][wanted], events["at"][wanted]))]
    return {k: v[order] for k, v in events.items()}


def _companies(company: Company, day: Day) -> Log:
    """Companies in a book whose account changed today; all of them on the first day."""
    changed = day.fact("account_changed")
    if changed is None:
        return {"Gsid": []}
    rows = np.unique(changed["account"])
    rows = rows[company.accounts.csm[rows] >= 0]
    known = company.lasting().happens("gainsight/external_id", rows, 0.85)
    gone = company.accounts.status[rows] == AccountStatus.CHURNED
    return {
        "Gsid": company_ids(rows),
        "Name": names.variants(company, names.account_names(company, rows), rows, "gainsight"),
        "External_Id__gc": np.where(known, ids.uuid("app/account", rows), _NULL),
        "Domain__gc": names.account_domains(company, rows),
        "CSM": manager_ids(company.accounts.csm[rows]),
        "Status": np.where(gone, "Churn", "Active").astype(object),
        "CreatedDate": company.accounts.created_at[rows] * 1_000_000,
        "ModifiedDate": np.full(len(rows), day.end_seconds - 60) * 1_000_000,
    }


def _calls(company: Company, events: Columns) -> Log:
    """The last version of each call to action that something happened to."""
    last = {int(n): i for i, n in enumerate(events["number"])}
    rows = np.array(sorted(last.values()), dtype=np.int64)
    number, account, at = events["number"][rows], events["account"][rows], events["at"][rows]
    kind = events["kind"][rows]
    opened, acted = _call_instants(company, number)
    status = np.select([kind == "cta_closed", kind == "cta_acted"], ["Closed", "Work In Progress"], default="New")
    called = (kind != "cta_opened") & (acted >= 0)
    return {
        "Gsid": ids.opaque("1S01", "gainsight/cta", number, 32),
        "CompanyId": company_ids(account),
        "Name": np.array([f"Risk: {r}" for r in events["reason"][rows]], dtype=object),
        "ReasonName": events["reason"][rows],
        "StatusName": status.astype(object),
        "OwnerId": manager_ids(np.maximum(company.accounts.csm[account], 0)),
        "ActedOnDate": np.where(called, (acted * 1_000_000).astype("M8[us]").astype(object), _NULL),
        "ClosedDate": np.where(kind == "cta_closed", (at * 1_000_000).astype("M8[us]").astype(object), _NULL),
        "CreatedDate": opened * 1_000_000,
        "ModifiedDate": at * 1_000_000,
    }


def _call_instants(company: Company, numbers: Ints) -> tuple[Ints, Ints]:
    memory = company.part(Success)
    place = {int(n): i for i, n in enumerate(memory.ctas.number)}
    rows = np.array([place[int(n)] for n in numbers], dtype=np.int64)
    return memory.ctas.opened_at[rows], memory.ctas.acted_at[rows]


def _reviews(company: Company, day: Day, events: Columns) -> Log:
    account = events["account"]
    return {
        "Gsid": ids.opaque("1S02", "gainsight/qbr", events["number"], 32),
        "CompanyId": company_ids(account),
        "OwnerId": manager_ids(np.maximum(company.accounts.csm[account], 0)),
        "Status": np.where(events["kind"] == "review_held", "Completed", "Missed").astype(object),
        "DueDate": np.full(len(account), day.number, dtype=np.int32),
        "CreatedDate": events["at"] * 1_000_000,
        "ModifiedDate": events["at"] * 1_000_000,
    }


def _timeline(company: Company, events: Columns) -> Log:
    account = events["account"]
    subjects = {"onboarding_call": "onboarding_call", "cta_acted": "intervention", "review_held": "review"}
    kinds = events["kind"]
    place = np.array([list(subjects).index(k) for k in kinds], dtype=np.int64)
    meeting = kinds == "review_held"
    return {
        "Gsid": ids.opaque("1S03", "gainsight/activity", events["number"] * 4 + place, 32),
        "CompanyId": company_ids(account),
        "ActivityType": np.where(meeting, "Meeting", "Call").astype(object),
        "Subject": np.array([subjects[k] for k in kinds], dtype=object),
        "AuthorId": manager_ids(np.maximum(company.accounts.csm[account], 0)),
        "ActivityDate": events["at"] * 1_000_000,
        "ModifiedDate": events["at"] * 1_000_000,
    }


def _answers(company: Company, answers: Columns) -> Log:
    order = np.lexsort((answers["user"], answers["at"]))
    user, at = answers["user"][order], answers["at"][order]
    belongs = company.users.account[user] >= 0
    user, at, score = user[belongs], at[belongs], answers["score"][order][belongs]
    return {
        "Gsid": ids.opaque("1S04", "gainsight/nps", user * 100_000 + at // 86_400, 32),
        "CompanyId": company_ids(company.users.account[user]),
        "ContactEmail": names.user_emails(company, user),
        "Score": score,
        "ResponseDate": at * 1_000_000,
        "ModifiedDate": at * 1_000_000,
    }
