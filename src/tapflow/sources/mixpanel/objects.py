"""What Mixpanel shows: the raw export of the app's named events."""

from __future__ import annotations

from tapflow.core.schema import Field, Kind, Pii, SourceObject, Type

EXPORT = SourceObject(
    system="mixpanel",
    name="export",
    grain="one row per event",
    description=(
        "The same named events of the app that PostHog has, as Mixpanel's raw export gives them: no sessions, no "
        "PostHog-own events (those that begin with `$`), and properties left out that PostHog carries already."
    ),
    fields=(
        Field("insert_id", Type.STRING, "`$insert_id`: Mixpanel's key against doubles.", required=True),
        Field("event", Type.STRING, "The event's name.", required=True),
        Field("distinct_id", Type.STRING, "The app's user id.", required=True, pii=Pii.PERSONAL),
        Field("time", Type.TIMESTAMP, "When it happened.", required=True, staged="event_at"),
    ),
    key=("insert_id",),
    version="time",
    kind=Kind.STREAM,
    partition="day",
)

OBJECTS: tuple[SourceObject, ...] = (EXPORT,)
