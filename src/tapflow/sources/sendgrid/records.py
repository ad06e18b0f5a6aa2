"""A day's log of SendGrid."""

from __future__ import annotations

from typing import Any

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing.campaigns import campaign_keys
from tapflow.business.marketing.state import MAIL_KEYS, Mail, Marketing
from tapflow.core.ids import opaque
from tapflow.sources.mail_events import BOUNCED, CLICKED, mail_events

_EVENTS = np.array(["processed", "delivered", "bounce", "open", "click", "unsubscribe"], dtype=object)
_REFUSAL = "550 5.1.1 The e-mail account does not exist"
_LINK = "https://www.tapflow.example/features"


def records(company: Company, day: Day) -> dict[str, dict[str, Any]]:
    """The day's events of newsletters and onboarding mails."""
    events = mail_events(company, day, (Mail.NEWSLETTER, Mail.ONBOARDING))
    if events is None:
        return {}
    return {
        "events": {
            "sg_event_id": opaque("", "sendgrid/event", events.message * 8 + events.kind, 22),
            "sg_message_id": opaque("", "sendgrid/message", events.message, 22),
            "event": _EVENTS[events.kind],
            "email": events.email,
            "timestamp": events.at * 1_000_000,
            "category": np.array(MAIL_KEYS, dtype=object)[events.mail],
            "utm_campaign": campaign_keys(company, company.part(Marketing))[events.campaign],
            "url": np.array([None, _LINK], dtype=object)[(events.kind == CLICKED).astype(np.int64)],
            "reason": np.array([None, _REFUSAL], dtype=object)[(events.kind == BOUNCED).astype(np.int64)],
        }
    }
