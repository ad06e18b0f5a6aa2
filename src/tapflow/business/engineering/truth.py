"""Engineering's part of the ledger."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.engineering.state import Engineering, IssueKind, IssueStatus
from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

TABLES = (
    TruthTable(
        "release",
        "one row per release",
        "Releases of every service: which were bad, how much worse they made the app's errors, what mended them.",
        (
            Column("release", Type.INT, "The release's number."),
            Column("team", Type.STRING, "The team's key."),
            Column("service", Type.STRING, "What was released."),
            Column("version", Type.STRING, "Its version."),
            Column("at", Type.TIMESTAMP, "When it was deployed."),
            Column("is_bad", Type.BOOL, "It broke something."),
            Column("error_factor", Type.FLOAT, "It multiplies the usual error rate by this, while it is out."),
            Column("fixes", Type.INT, "The bad release that it mends, -1 for none."),
        ),
    ),
    TruthTable(
        "released_change",
        "one row per pull request that reached production",
        "From the first commit to the release, for lead times.",
        (
            Column("pull", Type.INT, "The pull request's number in the ledger."),
            Column("team", Type.STRING, "The team's key."),
            Column("first_commit_at", Type.TIMESTAMP, "First commit."),
            Column("released_at", Type.TIMESTAMP, "Deployed."),
        ),
    ),
    TruthTable(
        "pull_request",
        "one row per pull request and event: opened, merged or closed",
        "Pull requests of all repositories.",
        (
            Column("pull", Type.INT, "The pull request's number in the ledger."),
            Column("team", Type.STRING, "The team's key."),
            Column("kind", Type.STRING, "opened, merged or closed."),
            Column("at", Type.TIMESTAMP, "When."),
        ),
    ),
    TruthTable(
        "issue",
        "one row per issue and event: created or done",
        "Issues of the tracker, feature requests among them.",
        (
            Column("issue", Type.INT, "The issue's number in the ledger."),
            Column("type", Type.STRING, "story, bug, chore, incident or request."),
            Column("kind", Type.STRING, "created, done or wont_do."),
            Column("team", Type.STRING, "The team's key."),
            Column("points", Type.INT, "Story points; none for requests."),
            Column("account", Type.INT, "The account that asks, for requests; -1 else."),
            Column("theme", Type.STRING, "What a request asks for; empty else."),
            Column("at", Type.TIMESTAMP, "When."),
        ),
    ),
)


def version(major: int, minor: int, patch: int) -> str:
    """A version's spelling."""
    return f"{major}.{minor}.{patch}"


def tell(company: Company, day: Day) -> None:
    """Write what engineering did today."""
    _tell_releases(company, day)
    _tell_pulls(company, day)
    _tell_issues(company, day)


def _keys(company: Company) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.array([team.key for team in company.scenario.engineering.teams], dtype=object)


def _tell_releases(company: Company, day: Day) -> None:
    memory, teams = company.part(Engineering), company.scenario.engineering.teams
    table = memory.releases
    new = np.flatnonzero(table.day == day.number)
    spelled = [version(table.major[r], table.minor[r], table.patch[r]) for r in new]
    day.tell(
        "release",
        release=new,
        team=_keys(company)[table.team[new]],
        service=np.array([team.service for team in teams], dtype=object)[table.team[new]],
        version=np.array(spelled, dtype=object),
        at=table.deployed_at[new] * 1_000_000,
        is_bad=table.bad[new],
        error_factor=table.error_factor[new],
        fixes=table.fixes[new],
    )
    pulls = memory.pulls
    shipped = np.flatnonzero((pulls.release >= 0) & np.isin(pulls.release, new))
    day.tell(
        "released_change",
        pull=shipped,
        team=_keys(company)[pulls.team[shipped]],
        first_commit_at=pulls.first_commit_at[shipped] * 1_000_000,
        released_at=table.deployed_at[pulls.release[shipped]] * 1_000_000,
    )


def _tell_pulls(company: Company, day: Day) -> None:
    pulls = company.part(Engineering).pulls
    closed_not_merged = np.where(pulls.merged_at < 0, pulls.closed_at, -1)
    for kind, at in (("opened", pulls.opened_at), ("merged", pulls.merged_at), ("closed", closed_not_merged)):
        rows = np.flatnonzero(at >= day.start_seconds)
        day.tell(
            "pull_request",
            pull=rows,
            team=_keys(company)[pulls.team[rows]],
            kind=np.full(len(rows), kind, dtype=object),
            at=at[rows] * 1_000_000,
        )


def _tell_issues(company: Company, day: Day) -> None:
    issues = company.part(Engineering).issues
    themes = np.array([*(t.key for t in company.scenario.engineering.themes), ""], dtype=object)
    kinds = np.array([kind.name.lower() for kind in IssueKind], dtype=object)
    done = np.where(issues.status == IssueStatus.DONE, issues.done_at, -1)
    dropped = np.where(issues.status == IssueStatus.WONT_DO, issues.done_at, -1)
    for kind, at in (("created", issues.created_at), ("done", done), ("wont_do", dropped)):
        rows = np.flatnonzero(at >= day.start_seconds)
        day.tell(
            "issue",
            issue=rows,
            type=kinds[issues.kind[rows]],
            kind=np.full(len(rows), kind, dtype=object),
            team=_keys(company)[issues.team[rows]],
            points=issues.points[rows],
            account=issues.account[rows],
            theme=np.where(issues.kind[rows] == IssueKind.REQUEST, themes[issues.theme[rows]], ""),
            at=at[rows] * 1_000_000,
        )
