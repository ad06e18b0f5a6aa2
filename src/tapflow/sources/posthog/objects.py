"""What PostHog shows: one stream of events, of the website and of the app."""

from __future__ import annotations

from tapflow.core.schema import Field, Kind, Pii, SourceObject, Type

EVENTS = SourceObject(
    system="posthog",
    name="events",
    grain="one row per captured event",
    description=(
        "Web and product events as PostHog's batch export writes them: the website's `$pageview`, `$pageleave` and "
        "named events, and the app's feature events. Properties that nearly every event carries have columns of "
        "their own, as PostHog's materialised properties; the rest lies in `properties`."
    ),
    fields=(
        Field("uuid", Type.STRING, "PostHog's id of the event.", required=True, staged="event_id"),
        Field("event", Type.STRING, "The event's name, such as `$pageview` or `signup_completed`.", required=True),
        Field(
            "distinct_id",
            Type.STRING,
            "Who did it: an anonymous browser's id, or the app's user id once identified.",
            required=True,
            pii=Pii.PERSONAL,
        ),
        Field("person_id", Type.STRING, "PostHog's person, to which distinct ids were merged.", pii=Pii.PERSONAL),
        Field(
            "timestamp", Type.TIMESTAMP, "When it happened, by the client's clock.", required=True, staged="event_at"
        ),
        Field("session_id", Type.STRING, "`$session_id`: ends after 30 minutes without an event."),
        Field("lib", Type.STRING, "`$lib`: `web` from the website, `web-app` or `mobile-app` from the product."),
        Field("device_type", Type.STRING, "`$device_type`: Desktop, Mobile or Tablet."),
        Field("browser", Type.STRING, "`$browser`."),
        Field("country_code", Type.STRING, "`$geoip_country_code`, two letters."),
        Field("current_url", Type.STRING, "`$current_url`, with its query on a landing page."),
        Field("pathname", Type.STRING, "`$pathname`: the page's or screen's path."),
        Field("referring_domain", Type.STRING, "`$referring_domain`, `$direct` when there was none."),
        Field("utm_source", Type.STRING, "The campaign tag's source, on the session's events; null when untagged."),
        Field("utm_medium", Type.STRING, "The campaign tag's medium; null when untagged."),
        Field("utm_campaign", Type.STRING, "The campaign tag's campaign; null when untagged."),
        Field("account_id", Type.STRING, "`$group_0`: the app's account, of identified people in the app."),
        Field("properties", Type.JSON, "The event's other properties.", pii=Pii.PERSONAL),
    ),
    key=("uuid",),
    version="timestamp",
    kind=Kind.STREAM,
    partition="day",
)

OBJECTS: tuple[SourceObject, ...] = (EVENTS,)
