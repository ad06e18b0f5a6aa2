"""What Jira shows: issues, with their fields as one JSON value."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, Pii, SourceObject, Type


def _text(path: str) -> str:
    return "{{ json_value('fields', '" + path + "') }}"


ISSUES = SourceObject(
    system="jira",
    name="issues",
    grain="one row per issue",
    description="Issues of all projects: stories, bugs, tasks, incidents, and the feature requests of project IDEA.",
    fields=(
        Field("id", Type.STRING, "Jira's number of the issue.", required=True, staged="issue_id"),
        Field("key", Type.STRING, "Project and number, such as `APP-12`.", required=True, staged="issue_key"),
        Field("projectKey", Type.STRING, "The project.", required=True, staged="project_key"),
        Field("created", Type.TIMESTAMP, "When it was created.", required=True, staged="created_at"),
        Field("updated", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
        Field("fields", Type.JSON, "Jira's fields of the issue.", required=True, staged=None),
    ),
    key=("id",),
    version="updated",
    derived=(
        Derived("summary", Type.STRING, _text("summary"), "The issue's title."),
        Derived("issue_type", Type.STRING, _text("issuetype.name"), "Story, Bug, Task, Incident or New Feature."),
        Derived("issue_status", Type.STRING, _text("status.name"), "To Do, In Progress, In Review, Done or Won't Do."),
        Derived("priority", Type.STRING, _text("priority.name"), "Highest, High, Medium or Low."),
        Derived("assignee_email", Type.STRING, _text("assignee.emailAddress"), "Who works on it.", Pii.PERSONAL),
        Derived(
            "resolved_at",
            Type.TIMESTAMP,
            "cast(" + _text("resolutiondate") + " as timestamp)",
            "When it was resolved; null while open.",
        ),
        Derived(
            "story_points",
            Type.INT,
            "cast(" + _text("customfield_10016") + " as bigint)",
            "Story points; null where none are given.",
        ),
        Derived(
            "account_key",
            Type.INT,
            "cast(" + _text("customfield_10050") + " as bigint)",
            "Of a feature request: the app's account that asks.",
        ),
        Derived("request_source", Type.STRING, _text("customfield_10051"), "Of a feature request: ticket or note."),
        Derived(
            "theme", Type.STRING, _text("customfield_10052"), "What the issue is about: the theme of a request or epic."
        ),
        Derived(
            "affects_version",
            Type.STRING,
            _text("customfield_10053"),
            "Of an incident: the service and version that caused it, such as `app 4.12.0`.",
        ),
    ),
)

OBJECTS: tuple[SourceObject, ...] = (ISSUES,)
