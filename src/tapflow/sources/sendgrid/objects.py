"""What SendGrid shows, as its event webhook sends it."""

from __future__ import annotations

from tapflow.core.schema import Field, Kind, Pii, SourceObject, Type

EVENTS = SourceObject(
    system="sendgrid",
    name="events",
    grain="one row per event of a message",
    description="Messages processed, delivered, bounced, opened, clicked, and readers who unsubscribed.",
    fields=(
        Field("sg_event_id", Type.STRING, "The event's id.", required=True, staged="event_id"),
        Field("sg_message_id", Type.STRING, "The message's id.", required=True, staged="message_id"),
        Field(
            "event",
            Type.STRING,
            "processed, delivered, bounce, open, click or unsubscribe.",
            required=True,
            staged="event_type",
        ),
        Field("email", Type.STRING, "The reader's address.", required=True, pii=Pii.PERSONAL),
        Field("timestamp", Type.TIMESTAMP, "When.", required=True, staged="event_at"),
        Field("category", Type.STRING, "Kind of mailing: newsletter or onboarding.", staged="mailing"),
        Field("utm_campaign", Type.STRING, "Tag of the campaign, a custom argument of ours.", staged="campaign_tag"),
        Field("url", Type.STRING, "The link clicked; null for other events."),
        Field("reason", Type.STRING, "Why a message bounced; null for other events."),
    ),
    key=("sg_event_id",),
    version="timestamp",
    kind=Kind.EVENTS,
)

OBJECTS: tuple[SourceObject, ...] = (EVENTS,)
