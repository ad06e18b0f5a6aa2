"""What Zendesk shows: declared once, under the vendor's names."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, Kind, Pii, SourceObject, Type

_CREATED = Field("created_at", Type.TIMESTAMP, "When it was made, UTC.", required=True)
_UPDATED = Field("updated_at", Type.TIMESTAMP, "When it last changed, UTC.", required=True)

ORGANIZATIONS = SourceObject(
    "zendesk",
    "organizations",
    "one row per organization",
    "Customers' houses, as far as one of their people ever wrote.",
    (
        Field("id", Type.INT, "The organization.", required=True, staged="organization_id"),
        Field("url", Type.STRING, "Its address in the API.", staged=None),
        Field("name", Type.STRING, "Its name, as an agent wrote it.", staged="organization_name"),
        Field("external_id", Type.STRING, "The product's public account id; null where nobody filled it in."),
        Field("domain_names", Type.JSON, "Mail domains of its people."),
        Field("details", Type.STRING, "Free text."),
        Field("notes", Type.STRING, "Free text."),
        Field("shared_tickets", Type.BOOL, "Whether its people see each other's tickets."),
        Field("tags", Type.JSON, "Tags."),
        _CREATED,
        _UPDATED,
    ),
    ("id",),
    "updated_at",
    derived=(Derived("email_domain", Type.STRING, "{{ json_value('domain_names', '[0]') }}", "First mail domain."),),
)
USERS = SourceObject(
    "zendesk",
    "users",
    "one row per end user or agent",
    "People who wrote to support, and the agents who answer.",
    (
        Field("id", Type.INT, "The user.", required=True, staged="zendesk_user_id"),
        Field("url", Type.STRING, "Its address in the API.", staged=None),
        Field("name", Type.STRING, "Name.", staged="user_name", pii=Pii.PERSONAL),
        Field("email", Type.STRING, "Address that wrote.", pii=Pii.PERSONAL),
        Field("role", Type.STRING, "end-user or agent.", staged="zendesk_role"),
        Field("organization_id", Type.INT, "Its organization; null where none is known."),
        Field("active", Type.BOOL, "Whether it is active."),
        Field("verified", Type.BOOL, "Whether its address is verified."),
        Field("locale", Type.STRING, "Language."),
        _CREATED,
        _UPDATED,
    ),
    ("id",),
    "updated_at",
)
TICKETS = SourceObject(
    "zendesk",
    "tickets",
    "one row per ticket",
    "Tickets in their last version of the day.",
    (
        Field("id", Type.INT, "The ticket.", required=True, staged="ticket_id"),
        Field("url", Type.STRING, "Its address in the API.", staged=None),
        Field("subject", Type.STRING, "Subject."),
        Field("raw_subject", Type.STRING, "Subject before templates.", staged=None),
        Field("type", Type.STRING, "question, problem or task.", staged="ticket_type"),
        Field("status", Type.STRING, "new, open, solved or closed.", required=True, staged="ticket_status"),
        Field("priority", Type.STRING, "low, normal, high or urgent.", staged="ticket_priority"),
        Field("requester_id", Type.INT, "Who asks.", required=True),
        Field("submitter_id", Type.INT, "Who entered it."),
        Field("assignee_id", Type.INT, "The agent."),
        Field("organization_id", Type.INT, "The requester's organization; null where none is known."),
        Field("via", Type.JSON, "How it came."),
        Field("tags", Type.JSON, "Tags; the agent files the category as one."),
        Field("custom_fields", Type.JSON, "Custom fields.", staged=None),
        Field("satisfaction_rating", Type.JSON, "The rating, as far as there is one."),
        Field("generated_timestamp", Type.INT, "Epoch second of the record's making.", staged=None),
        _CREATED,
        _UPDATED,
    ),
    ("id",),
    "updated_at",
    derived=(
        Derived("ticket_channel", Type.STRING, "{{ json_value('via', 'channel') }}", "How it came."),
        Derived("ticket_category", Type.STRING, "{{ json_value('tags', '[0]') }}", "What the agent filed it under."),
        Derived(
            "satisfaction_score",
            Type.STRING,
            "{{ json_value('satisfaction_rating', 'score') }}",
            "unoffered, good or bad.",
        ),
    ),
)
METRICS = SourceObject(
    "zendesk",
    "ticket_metrics",
    "one row per ticket",
    "Zendesk's own times of a ticket.",
    (
        Field("id", Type.INT, "The record.", required=True, staged="ticket_metric_id"),
        Field("url", Type.STRING, "Its address in the API.", staged=None),
        Field("ticket_id", Type.INT, "The ticket.", required=True),
        Field("reopens", Type.INT, "Times reopened."),
        Field("replies", Type.INT, "Public replies by agents."),
        Field("reply_time_in_minutes", Type.JSON, "To the first reply: calendar and business minutes."),
        Field("full_resolution_time_in_minutes", Type.JSON, "To the last solution: calendar and business minutes."),
        Field("assigned_at", Type.TIMESTAMP, "When it was last assigned."),
        Field("solved_at", Type.TIMESTAMP, "When it was last solved; null while open."),
        _CREATED,
        _UPDATED,
    ),
    ("id",),
    "updated_at",
)
AUDITS = SourceObject(
    "zendesk",
    "ticket_audits",
    "one row per audit: what one actor changed at one instant",
    "The steps between a ticket's versions.",
    (
        Field("id", Type.INT, "The audit.", required=True, staged="ticket_audit_id"),
        Field("ticket_id", Type.INT, "The ticket.", required=True),
        Field("author_id", Type.INT, "Who acted."),
        Field("events", Type.JSON, "What changed: a list of events.", required=True),
        Field("via", Type.JSON, "How."),
        Field("created_at", Type.TIMESTAMP, "When, UTC.", required=True),
    ),
    ("id",),
    "created_at",
    kind=Kind.EVENTS,
    derived=(
        Derived(
            "event_type", Type.STRING, "{{ json_value('events', '[0].type') }}", "Create, Comment, Change or Rating."
        ),
        Derived("event_field", Type.STRING, "{{ json_value('events', '[0].field_name') }}", "The changed field."),
        Derived("event_value", Type.STRING, "{{ json_value('events', '[0].value') }}", "Its new value."),
        Derived(
            "event_previous_value", Type.STRING, "{{ json_value('events', '[0].previous_value') }}", "The value before."
        ),
    ),
)
COMMENTS = SourceObject(
    "zendesk",
    "comments",
    "one row per comment",
    "What was written on tickets.",
    (
        Field("id", Type.INT, "The comment.", required=True, staged="comment_id"),
        Field("ticket_id", Type.INT, "The ticket.", required=True),
        Field("author_id", Type.INT, "Who wrote."),
        Field("body", Type.STRING, "Text.", pii=Pii.CONFIDENTIAL),
        Field("public", Type.BOOL, "Whether the requester sees it.", staged="is_public"),
        Field("via", Type.JSON, "How.", staged=None),
        Field("created_at", Type.TIMESTAMP, "When, UTC.", required=True),
    ),
    ("id",),
    "created_at",
    kind=Kind.EVENTS,
)
RATINGS = SourceObject(
    "zendesk",
    "satisfaction_ratings",
    "one row per rating of a ticket",
    "Ratings given by requesters.",
    (
        Field("id", Type.INT, "The rating.", required=True, staged="rating_id"),
        Field("url", Type.STRING, "Its address in the API.", staged=None),
        Field("ticket_id", Type.INT, "The ticket.", required=True),
        Field("requester_id", Type.INT, "Who rated."),
        Field("assignee_id", Type.INT, "The agent rated."),
        Field("score", Type.STRING, "good or bad.", required=True, staged="satisfaction_score"),
        Field("comment", Type.STRING, "Words added; null without.", pii=Pii.CONFIDENTIAL),
        _CREATED,
        _UPDATED,
    ),
    ("id",),
    "updated_at",
)
SLA_POLICIES = SourceObject(
    "zendesk",
    "sla_policies",
    "one row per service-level policy",
    "What the help desk promises.",
    (
        Field("id", Type.INT, "The policy.", required=True, staged="sla_policy_id"),
        Field("url", Type.STRING, "Its address in the API.", staged=None),
        Field("title", Type.STRING, "Title.", staged="sla_policy_name"),
        Field("description", Type.STRING, "What it says."),
        Field("position", Type.INT, "Its place in the order."),
        Field("policy_metrics", Type.JSON, "Targets by priority."),
        _CREATED,
        _UPDATED,
    ),
    ("id",),
    "updated_at",
)
OBJECTS: tuple[SourceObject, ...] = (
    ORGANIZATIONS,
    USERS,
    TICKETS,
    METRICS,
    AUDITS,
    COMMENTS,
    RATINGS,
    SLA_POLICIES,
)
