"""What Google Analytics shows: one report of its Data API, a row for each set of dimensions."""

from __future__ import annotations

from tapflow.core.schema import Field, Kind, SourceObject, Type

SESSIONS = SourceObject(
    system="google_analytics",
    name="sessions",
    grain="one row per date, channel group, source, medium, landing page and device category",
    description=(
        "Sessions of the website as Google Analytics counts them. Visitors who block it or refuse consent are "
        "missing, so its figures are reconciled with PostHog's, never mixed with them."
    ),
    fields=(
        Field("date", Type.DATE, "Day.", required=True, staged="session_date"),
        Field("sessionDefaultChannelGroup", Type.STRING, "Channel group.", required=True, staged="channel_group"),
        Field("sessionSource", Type.STRING, "Source.", required=True, staged="source"),
        Field("sessionMedium", Type.STRING, "Medium.", required=True, staged="medium"),
        Field("landingPage", Type.STRING, "Path of the first page.", required=True, staged="landing_page"),
        Field("deviceCategory", Type.STRING, "desktop, mobile or tablet.", required=True, staged="device_type"),
        Field("sessions", Type.INT, "Sessions."),
        Field(
            "engagedSessions",
            Type.INT,
            "Sessions longer than ten seconds or with two pages.",
            staged="engaged_sessions",
        ),
        Field("totalUsers", Type.INT, "Visitors.", staged="total_users"),
        Field("screenPageViews", Type.INT, "Pages opened.", staged="pageviews"),
        Field("keyEvents", Type.FLOAT, "Sign-ups and demo requests.", staged="key_events"),
    ),
    key=("date", "sessionDefaultChannelGroup", "sessionSource", "sessionMedium", "landingPage", "deviceCategory"),
    version="date",
    kind=Kind.EVENTS,
)

OBJECTS: tuple[SourceObject, ...] = (SESSIONS,)
