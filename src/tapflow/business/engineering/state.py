"""What engineering remembers: issues, topics, pull requests, pipelines, releases and who works on what."""

from __future__ import annotations

from enum import IntEnum

from tapflow.business.columns import Table
from tapflow.business.customers.state import NEVER

APP_TEAM = 0  # the first team releases the app that people see


class IssueKind(IntEnum):
    """What an issue is."""

    STORY = 0
    BUG = 1
    CHORE = 2
    INCIDENT = 3
    REQUEST = 4


class IssueStatus(IntEnum):
    """Where an issue stands."""

    TO_DO = 0
    IN_PROGRESS = 1
    IN_REVIEW = 2
    DONE = 3
    WONT_DO = 4


class PullState(IntEnum):
    """Where a pull request stands."""

    OPEN = 0
    MERGED = 1
    CLOSED = 2


class PipelineKind(IntEnum):
    """What a CI pipeline runs for."""

    BRANCH = 0
    MAIN = 1
    RELEASE = 2


class RequestSource(IntEnum):
    """Where a feature request came from."""

    NONE = 0
    TICKET = 1
    NOTE = 2


class Engineering:
    """Engineering's memory. All instants are epoch seconds, -1 for not yet."""

    def __init__(self) -> None:
        self.issues = Table(
            kind="i1", status="i1", team="i1", number="i4", topic="i4", theme="i2", points="i2", priority="i1",
            engineer="i2", release="i4", account="i8", ticket="i8", source="i1", created_at="i8", started_at="i8",
            done_at="i8", updated_at="i8",
        )  # fmt: skip
        self.topics = Table(theme="i2", due_day="i4", started_day="i4", shipped_day="i4", stories_left="i4")
        self.pulls = Table(
            team="i1", number="i4", issue="i4", engineer="i2", state="i1", first_commit_at="i8", commits="i4",
            opened_at="i8", merged_at="i8", closed_at="i8", updated_at="i8", additions="i4", deletions="i4", files="i4",
            release="i4",
        )  # fmt: skip
        self.pipelines = Table(
            team="i1", number="i4", kind="i1", pull="i4", release="i4", created_at="i8", stopped_at="i8", ok="?"
        )
        self.releases = Table(
            team="i1", major="i4", minor="i4", patch="i4", deployed_at="i8", day="i4", bad="?", error_factor="f8",
            fixes="i4", fix_day="i4", fixed_at="i8",
        )  # fmt: skip
        self.engineers = Table(team="i1", issue="i4", days_left="f8")
        self.counters: dict[str, int] = {}  # numbers of issues by project, of pulls and pipelines by repository

    def numbers(self, series: str, count: int = 1) -> range:
        """The next numbers of a series, from 1."""
        start = self.counters.get(series, 0) + 1
        self.counters[series] = start + count - 1
        return range(start, start + count)

    def newest_release(self, team: int, before_day: int) -> int:
        """The row of a team's newest release deployed before a day, or -1."""
        table = self.releases
        found = ((table.team == team) & (table.day < before_day)).nonzero()[0]
        return int(found[-1]) if len(found) else NEVER
