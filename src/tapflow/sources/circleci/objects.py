"""What CircleCI shows: pipelines, and the workflow that each runs."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, SourceObject, Type

PIPELINES = SourceObject(
    system="circleci",
    name="pipelines",
    grain="one row per pipeline",
    description="Pipelines: one a push, one a merge, one a release (a tag).",
    fields=(
        Field("id", Type.STRING, "CircleCI's id of the pipeline.", required=True, staged="pipeline_id"),
        Field("project_slug", Type.STRING, "Version control, owner and repository.", required=True),
        Field("number", Type.INT, "Its number within the project.", required=True, staged="pipeline_number"),
        Field("state", Type.STRING, "created or errored.", staged="pipeline_state"),
        Field("created_at", Type.TIMESTAMP, "When it began.", required=True),
        Field("updated_at", Type.TIMESTAMP, "When it last changed.", required=True),
        Field("trigger", Type.JSON, "What set it off.", staged=None),
        Field("vcs", Type.JSON, "Revision, branch or tag.", required=True, staged=None),
    ),
    key=("id",),
    version="updated_at",
    derived=(
        Derived("repository", Type.STRING, "replace(project_slug, 'gh/', '')", "Owner and repository."),
        Derived("branch", Type.STRING, "{{ json_value('vcs', 'branch') }}", "The branch; null for a tag."),
        Derived(
            "tag", Type.STRING, "{{ json_value('vcs', 'tag') }}", "The tag of a release, such as `v4.12.0`; null else."
        ),
    ),
)

WORKFLOWS = SourceObject(
    system="circleci",
    name="workflows",
    grain="one row per workflow",
    description="Workflows of pipelines: `test` on branches and main, `deploy` on a release's tag.",
    fields=(
        Field("id", Type.STRING, "CircleCI's id of the workflow.", required=True, staged="workflow_id"),
        Field("pipeline_id", Type.STRING, "Its pipeline.", required=True),
        Field("name", Type.STRING, "test or deploy.", required=True, staged="workflow_name"),
        Field("status", Type.STRING, "success or failed.", required=True, staged="workflow_status"),
        Field("created_at", Type.TIMESTAMP, "When it began.", required=True),
        Field("stopped_at", Type.TIMESTAMP, "When it ended.", required=True),
    ),
    key=("id",),
    version="stopped_at",
)

OBJECTS: tuple[SourceObject, ...] = (PIPELINES, WORKFLOWS)
