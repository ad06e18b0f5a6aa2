"""A day's log of Jira."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.engineering.people import engineer_emails
from tapflow.business.engineering.state import Engineering, IssueKind, IssueStatus, RequestSource
from tapflow.business.engineering.truth import version
from tapflow.sources.app.ids import key

_TYPES = {
    IssueKind.STORY: "Story",
    IssueKind.BUG: "Bug",
    IssueKind.CHORE: "Task",
    IssueKind.INCIDENT: "Incident",
    IssueKind.REQUEST: "New Feature",
}
_STATUSES = {
    IssueStatus.TO_DO: "To Do",
    IssueStatus.IN_PROGRESS: "In Progress",
    IssueStatus.IN_REVIEW: "In Review",
    IssueStatus.DONE: "Done",
    IssueStatus.WONT_DO: "Won't Do",
}
_PRIORITIES = ("Highest", "High", "Medium", "Low")


def records(company: Company, day: Day) -> dict[str, Mapping[str, Any]]:
    """The issues that changed today, by their last change."""
    issues = company.part(Engineering).issues
    rows = np.flatnonzero(issues.updated_at >= day.start_seconds)
    if len(rows) == 0:
        return {}
    rows = rows[np.lexsort((rows, issues.updated_at[rows]))]
    projects = [_project(company, row) for row in rows.tolist()]
    return {
        "issues": {
            "id": [str(10_000 + row) for row in rows.tolist()],
            "key": [f"{project}-{issues.number[row]}" for project, row in zip(projects, rows.tolist(), strict=True)],
            "projectKey": projects,
            "created": issues.created_at[rows] * 1_000_000,
            "updated": issues.updated_at[rows] * 1_000_000,
            "fields": [orjson.dumps(_fields(company, row)).decode() for row in rows.tolist()],
        }
    }


def _project(company: Company, row: int) -> str:
    issues, parameters = company.part(Engineering).issues, company.scenario.engineering
    asks = issues.kind[row] == IssueKind.REQUEST
    return parameters.requests_project if asks else parameters.teams[issues.team[row]].project


def _fields(company: Company, row: int) -> dict[str, Any]:
    memory, parameters = company.part(Engineering), company.scenario.engineering
    issues = memory.issues
    kind, status = IssueKind(issues.kind[row]), IssueStatus(issues.status[row])
    resolved = status in (IssueStatus.DONE, IssueStatus.WONT_DO)
    theme = parameters.themes[issues.theme[row]] if issues.theme[row] >= 0 and _has_theme(kind) else None
    engineer = int(issues.engineer[row])
    source = RequestSource(issues.source[row])
    return {
        "summary": _summary(company, row, theme.name if theme else ""),
        "issuetype": {"name": _TYPES[kind]},
        "status": {"name": _STATUSES[status], "statusCategory": {"key": _category(status)}},
        "priority": {"name": _PRIORITIES[issues.priority[row]]},
        "project": {"key": _project(company, row)},
        "assignee": {"emailAddress": engineer_emails(company)[engineer]} if engineer >= 0 else None,
        "resolutiondate": _stamp(int(issues.done_at[row])) if resolved else None,
        "labels": [theme.key] if theme else [],
        "customfield_10016": int(issues.points[row]) if issues.points[row] > 0 else None,
        "customfield_10050": int(key(issues.account[row])) if issues.account[row] >= 0 else None,
        "customfield_10051": source.name.lower() if source != RequestSource.NONE else None,
        "customfield_10052": theme.key if theme else None,
        "customfield_10053": _release(company, int(issues.release[row])) if kind == IssueKind.INCIDENT else None,
    }


def _has_theme(kind: IssueKind) -> bool:
    return kind in (IssueKind.STORY, IssueKind.REQUEST)


def _category(status: IssueStatus) -> str:
    if status == IssueStatus.TO_DO:
        return "new"
    return "done" if status in (IssueStatus.DONE, IssueStatus.WONT_DO) else "indeterminate"


def _summary(company: Company, row: int, theme: str) -> str:
    issues = company.part(Engineering).issues
    kind = IssueKind(issues.kind[row])
    if kind == IssueKind.INCIDENT:
        return f"Errors after release {_release(company, int(issues.release[row]))}"
    team = company.scenario.engineering.teams[issues.team[row]].name
    plain = {IssueKind.BUG: f"Bug in {team}", IssueKind.CHORE: f"Upkeep of {team}"}
    return plain.get(kind, theme)


def _release(company: Company, row: int) -> str:
    table = company.part(Engineering).releases
    service = company.scenario.engineering.teams[table.team[row]].service
    return f"{service} {version(table.major[row], table.minor[row], table.patch[row])}"


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000")
