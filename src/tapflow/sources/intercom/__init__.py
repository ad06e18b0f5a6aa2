"""Conversations in the product: Intercom."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.core.schema import Derived, Field, Pii, SourceObject, Type
from tapflow.core.vendor_ids import intercom_contact_ids

CONVERSATIONS = SourceObject(
    "intercom",
    "conversations",
    "one row per conversation",
    "Conversations that owners and managers opened from the product.",
    (
        Field("id", Type.STRING, "The conversation.", required=True, staged="conversation_id"),
        Field("type", Type.STRING, "Always conversation.", staged=None),
        Field("title", Type.STRING, "Title."),
        Field("state", Type.STRING, "open, closed or snoozed.", staged="conversation_state"),
        Field("open", Type.BOOL, "Whether it is open.", staged="is_open"),
        Field("read", Type.BOOL, "Whether an agent read it.", staged="is_read"),
        Field("priority", Type.STRING, "priority or not_priority.", staged=None),
        Field("source", Type.JSON, "How it began: type, author with e-mail."),
        Field("contacts", Type.JSON, "The people in it, with the product's user ids."),
        Field("conversation_rating", Type.JSON, "Rating from 1 to 5; null without one."),
        Field(
            "created_at",
            Type.INT,
            "Epoch second of its beginning.",
            required=True,
            sql="{{ from_epoch('created_at') }}",
        ),
        Field(
            "updated_at",
            Type.INT,
            "Epoch second of its last change.",
            required=True,
            sql="{{ from_epoch('updated_at') }}",
        ),
    ),
    ("id",),
    "updated_at",
    derived=(
        Derived(
            "author_email", Type.STRING, "{{ json_value('source', 'author.email') }}", "Who began it.", Pii.PERSONAL
        ),
        Derived(
            "author_external_id",
            Type.STRING,
            "{{ json_value('contacts', 'contacts[0].external_id') }}",
            "The product's user id.",
        ),
        Derived(
            "rating", Type.INT, "cast({{ json_value('conversation_rating', 'rating') }} as bigint)", "From 1 to 5."
        ),
    ),
)
OBJECTS: tuple[SourceObject, ...] = (CONVERSATIONS,)


def records(company: Company, day: Day) -> dict[str, dict[str, Any]]:
    """The day's conversations, as their last version of the day."""
    begun = day.fact("conversation")
    if begun is None:
        return {}
    order = np.lexsort((begun["number"], begun["at"]))
    number, user, at, rating = (begun[k][order] for k in ("number", "user", "at", "rating"))
    emails = names.user_emails(company, user).tolist()
    people = intercom_contact_ids(user).tolist()
    rows = list(zip(emails, people, (user + 1).tolist(), rating.tolist(), at.tolist(), strict=True))
    sources = [
        {"type": "conversation", "delivered_as": "customer_initiated", "author": {"type": "user", "id": p, "email": e}}
        for e, p, *_ in rows
    ]
    contacts = [
        {"type": "contact.list", "contacts": [{"type": "contact", "id": p, "external_id": str(u)}]}
        for _, p, u, *_ in rows
    ]
    ratings = [
        orjson.dumps({"rating": r, "remark": None, "created_at": t}).decode() if r else None for *_, r, t in rows
    ]
    log = {
        "id": [str(215_000_000 + n) for n in number.tolist()],
        "type": ["conversation"] * len(rows),
        "title": [None] * len(rows),
        "state": ["closed"] * len(rows),
        "open": [False] * len(rows),
        "read": [True] * len(rows),
        "priority": ["not_priority"] * len(rows),
        "source": [orjson.dumps(s).decode() for s in sources],
        "contacts": [orjson.dumps(c).decode() for c in contacts],
        "conversation_rating": ratings,
        "created_at": at,
        "updated_at": at,
    }
    return {"conversations": log}
