"""What LaunchDarkly shows: flags, a feature or an experiment behind each, and the experiments."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, SourceObject, Type

FLAGS = SourceObject(
    system="launchdarkly",
    name="flags",
    grain="one row per flag",
    description="Feature flags. A flag tagged `feature` carries its feature's number and in-app event as properties.",
    fields=(
        Field("key", Type.STRING, "The flag.", required=True, staged="flag_key"),
        Field("name", Type.STRING, "Its name.", required=True, staged="flag_name"),
        Field("kind", Type.STRING, "boolean or multivariate.", required=True, staged="flag_kind"),
        Field("creationDate", Type.TIMESTAMP, "When it was made.", required=True, staged="created_at"),
        Field("_version", Type.INT, "Grows with every change.", required=True, staged="flag_version"),
        Field("lastModified", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
        Field("archived", Type.BOOL, "No longer in use.", staged="is_archived"),
        Field("tags", Type.JSON, "Its tags.", staged=None),
        Field("customProperties", Type.JSON, "Properties of our own.", staged=None),
        Field("environments", Type.JSON, "State by environment.", staged=None),
    ),
    key=("key",),
    version="lastModified",
    derived=(
        Derived("tag", Type.STRING, "{{ json_value('tags', '[0]') }}", "feature or experiment."),
        Derived(
            "event_name",
            Type.STRING,
            "{{ json_value('customProperties', 'event.value[0]') }}",
            "The in-app event of a feature, or an experiment's goal.",
        ),
        Derived(
            "feature_number",
            Type.INT,
            "cast({{ json_value('customProperties', 'number.value[0]') }} as bigint)",
            "A feature's number.",
        ),
        Derived(
            "is_on",
            Type.BOOL,
            "cast({{ json_value('environments', 'production.on') }} as boolean)",
            "Switched on in production.",
        ),
        Derived(
            "rollout_share",
            Type.FLOAT,
            "cast({{ json_value('environments', 'production.rollout') }} as double)",
            "Share of people to whom it is served.",
        ),
    ),
)

EXPERIMENTS = SourceObject(
    system="launchdarkly",
    name="experiments",
    grain="one row per experiment",
    description="Experiments behind flags.",
    fields=(
        Field(
            "key", Type.STRING, "The experiment; the same as its flag's key.", required=True, staged="experiment_key"
        ),
        Field("name", Type.STRING, "Its name.", required=True, staged="experiment_name"),
        Field("status", Type.STRING, "running or stopped.", required=True, staged="experiment_status"),
        Field("flagKey", Type.STRING, "Its flag.", required=True, staged="flag_key"),
        Field("startDate", Type.TIMESTAMP, "First exposure possible from.", required=True, staged="started_at"),
        Field("endDate", Type.TIMESTAMP, "When it was stopped; null while running.", staged="ended_at"),
        Field("lastModified", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
        Field("metrics", Type.JSON, "The goal's event.", staged=None),
        Field("treatments", Type.JSON, "Variants and their shares.", staged=None),
    ),
    key=("key",),
    version="lastModified",
    derived=(
        Derived(
            "goal_event",
            Type.STRING,
            "{{ json_value('metrics', '[0].eventKey') }}",
            "The event that counts as success.",
        ),
        Derived(
            "window_days",
            Type.INT,
            "cast({{ json_value('metrics', '[0].windowDays') }} as bigint)",
            "Days after exposure within which the goal counts.",
        ),
    ),
)

OBJECTS: tuple[SourceObject, ...] = (FLAGS, EXPERIMENTS)
