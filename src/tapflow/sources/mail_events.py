"""What the two mailing systems share: a day's messages as events, and who reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing.contacts import contact_emails
from tapflow.business.marketing.state import Mail

Ints = NDArray[np.int64]
SENT, DELIVERED, BOUNCED, OPENED, CLICKED, UNSUBSCRIBED = range(6)
_BOUNCE_SECONDS = 9  # a refusal comes back this long after sending


@dataclass(frozen=True)
class MailEvents:
    """Events by instant, one row each."""

    message: Ints
    kind: Ints
    mail: Ints
    campaign: Ints
    at: Ints
    email: NDArray[np.object_]


def mail_events(company: Company, day: Day, mails: tuple[Mail, ...]) -> MailEvents | None:
    """The day's events of messages of some kinds of mailing, or None."""
    fact = day.fact("email_message")
    if fact is None:
        return None
    rows = np.flatnonzero(np.isin(fact["mail"], mails))
    if len(rows) == 0:
        return None
    sent = fact["sent_at"][rows]
    bounced = np.where(fact["delivered_at"][rows] < 0, sent + _BOUNCE_SECONDS, -1)
    later = [fact[name][rows] for name in ("opened_at", "clicked_at", "unsubscribed_at")]
    instants = np.stack([sent, fact["delivered_at"][rows], bounced, *later])
    kind, place = np.nonzero(instants >= 0)
    at = instants[kind, place]
    order = np.lexsort((kind, place, at))
    kind, place, at = kind[order], place[order], at[order]
    emails = contact_emails(company, fact["recipient"][rows])
    row = rows[place]
    return MailEvents(fact["number"][row], kind, fact["mail"][row], fact["campaign"][row], at, emails[place])
