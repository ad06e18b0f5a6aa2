"""What GitHub shows: pull requests, and the commits of each."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, Kind, Pii, SourceObject, Type

PULL_REQUESTS = SourceObject(
    system="github",
    name="pull_requests",
    grain="one row per pull request",
    description="Pull requests of all repositories.",
    fields=(
        Field("id", Type.INT, "GitHub's number of the pull request.", required=True, staged="pull_request_id"),
        Field("number", Type.INT, "Its number within the repository.", required=True, staged="pull_number"),
        Field("repository", Type.STRING, "Owner and repository.", required=True),
        Field("state", Type.STRING, "open or closed.", required=True, staged="pull_state"),
        Field("title", Type.STRING, "Its title; begins with the issue's key.", required=True),
        Field("user", Type.JSON, "Who opened it.", staged=None),
        Field("head", Type.JSON, "The branch that it brings.", staged=None),
        Field("base", Type.JSON, "The branch that it goes to.", staged=None),
        Field("labels", Type.JSON, "Its labels.", staged=None),
        Field("created_at", Type.TIMESTAMP, "When it was opened.", required=True, staged="opened_at"),
        Field("updated_at", Type.TIMESTAMP, "When it last changed.", required=True),
        Field("closed_at", Type.TIMESTAMP, "When it was closed or merged; null while open."),
        Field("merged_at", Type.TIMESTAMP, "When it was merged; null if not."),
        Field("merge_commit_sha", Type.STRING, "The merge's commit."),
        Field("additions", Type.INT, "Lines added."),
        Field("deletions", Type.INT, "Lines removed."),
        Field("changed_files", Type.INT, "Files changed."),
        Field("commits", Type.INT, "Commits in it.", staged="commit_count"),
    ),
    key=("id",),
    version="updated_at",
    derived=(
        Derived("author_login", Type.STRING, "{{ json_value('\"user\"', 'login') }}", "Who opened it.", Pii.PERSONAL),
        Derived("issue_key", Type.STRING, "split_part(title, ' ', 1)", "The tracker's issue that it serves."),
    ),
)

COMMITS = SourceObject(
    system="github",
    name="pull_request_commits",
    grain="one row per first commit of a pull request",
    description="The first commit of every pull request, from which lead time counts.",
    fields=(
        Field("sha", Type.STRING, "The commit.", required=True, staged="commit_sha"),
        Field("repository", Type.STRING, "Owner and repository.", required=True),
        Field("pull_number", Type.INT, "The pull request's number within the repository.", required=True),
        Field("commit", Type.JSON, "GitHub's commit: author, committer, message.", staged=None),
        Field("committed_at", Type.TIMESTAMP, "`commit.committer.date`.", required=True),
    ),
    key=("sha",),
    version="committed_at",
    kind=Kind.EVENTS,
)

OBJECTS: tuple[SourceObject, ...] = (PULL_REQUESTS, COMMITS)
