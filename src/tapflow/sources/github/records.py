"""A day's log of GitHub."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.engineering.people import engineer_logins
from tapflow.business.engineering.state import Engineering, IssueKind, PullState

ORGANISATION = "tapflow"


def records(company: Company, day: Day) -> dict[str, Mapping[str, Any]]:
    """The pull requests that changed today, and the first commits of those opened today."""
    pulls = company.part(Engineering).pulls
    rows = np.flatnonzero(pulls.updated_at >= day.start_seconds)
    if len(rows) == 0:
        return {}
    rows = rows[np.lexsort((rows, pulls.updated_at[rows]))]
    logs: dict[str, Mapping[str, Any]] = {"pull_requests": _pulls(company, rows)}
    opened = rows[pulls.opened_at[rows] >= day.start_seconds]
    if len(opened):
        logs["pull_request_commits"] = _commits(company, opened[np.lexsort((opened, pulls.first_commit_at[opened]))])
    return logs


def commit_sha(namespace: str, number: int) -> str:
    """Forty hexadecimal letters, a pure function of what they name."""
    return hashlib.sha1(f"{namespace}/{number}".encode(), usedforsecurity=False).hexdigest()


def repository_name(company: Company, team: int) -> str:
    """Owner and repository of a team."""
    return f"{ORGANISATION}/{company.scenario.engineering.teams[team].repository}"


def _pulls(company: Company, rows: NDArray[np.int64]) -> dict[str, Any]:
    pulls, issues = company.part(Engineering).pulls, company.part(Engineering).issues
    each = rows.tolist()
    keys = [_issue_key(company, int(pulls.issue[row])) for row in each]
    logins = engineer_logins(company)
    authors = [logins[engineer] for engineer in pulls.engineer[rows].tolist()]
    merged = pulls.state[rows] == PullState.MERGED
    urgent = issues.kind[pulls.issue[rows]] == IssueKind.INCIDENT
    return {
        "id": 1_900_000_000 + rows,
        "number": pulls.number[rows],
        "repository": [repository_name(company, pulls.team[row]) for row in each],
        "state": np.where(pulls.state[rows] == PullState.OPEN, "open", "closed").astype(object),
        "title": [f"{key} {'Mend the release' if hot else 'Change'}" for key, hot in zip(keys, urgent, strict=True)],
        "user": [_json({"login": login, "type": "User"}) for login in authors],
        "head": [
            _json({"ref": f"{key.lower()}-{row}", "sha": commit_sha("head", row)})
            for key, row in zip(keys, each, strict=True)
        ],
        "base": [_json({"ref": "main"})] * len(each),
        "labels": [_json([{"name": "hotfix"}] if hot else []) for hot in urgent],
        "created_at": pulls.opened_at[rows] * 1_000_000,
        "updated_at": pulls.updated_at[rows] * 1_000_000,
        "closed_at": _moments(pulls.closed_at[rows]),
        "merged_at": _moments(pulls.merged_at[rows]),
        "merge_commit_sha": [
            commit_sha("merge", row) if done else None for row, done in zip(each, merged, strict=True)
        ],
        "additions": pulls.additions[rows],
        "deletions": pulls.deletions[rows],
        "changed_files": pulls.files[rows],
        "commits": pulls.commits[rows],
    }


def _commits(company: Company, rows: NDArray[np.int64]) -> dict[str, Any]:
    pulls, each = company.part(Engineering).pulls, rows.tolist()
    logins = engineer_logins(company)
    authors = [logins[engineer] for engineer in pulls.engineer[rows].tolist()]
    dates = [datetime.fromtimestamp(int(s), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for s in pulls.first_commit_at[rows]]
    people = [{"name": login, "date": date} for login, date in zip(authors, dates, strict=True)]
    return {
        "sha": [commit_sha("first", row) for row in each],
        "repository": [repository_name(company, pulls.team[row]) for row in each],
        "pull_number": pulls.number[rows],
        "commit": [_json({"author": who, "committer": who, "message": "Begin"}) for who in people],
        "committed_at": pulls.first_commit_at[rows] * 1_000_000,
    }


def _issue_key(company: Company, issue: int) -> str:
    issues = company.part(Engineering).issues
    return f"{company.scenario.engineering.teams[issues.team[issue]].project}-{issues.number[issue]}"


def _moments(seconds: NDArray[np.int64]) -> pa.Array:
    return pa.array(seconds * 1_000_000, mask=seconds < 0).view(pa.timestamp("us"))


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
