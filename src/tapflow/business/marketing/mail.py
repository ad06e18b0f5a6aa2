"""Mails: to contacts that have not signed up (nurture), to customers' owners, to trials; and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import AccountStatus
from tapflow.business.day import Day
from tapflow.business.marketing.state import DAY_ROOM, MAIL_KEYS, OWNERS, Mail, Marketing
from tapflow.business.marketing.visits import MailClicks

Ints = NDArray[np.int64]
_LAST_OPEN_SECONDS = 23 * 3600  # later opens are not told apart from none


@dataclass(frozen=True)
class Mailing:
    """The day's messages, one row each; instants are epoch seconds, -1 where it did not happen."""

    number: Ints
    recipient: Ints  # contact: a prospect's number, or OWNERS + account
    mail: Ints  # Mail
    campaign: Ints
    sent_at: Ints
    delivered_at: Ints  # -1: bounced
    opened_at: Ints
    clicked_at: Ints
    unsubscribed_at: Ints


def send(company: Company, memory: Marketing, day: Day) -> tuple[Mailing, MailClicks]:
    """Send today's mails; unsubscriptions are remembered."""
    memory.mind_accounts(len(company.accounts))
    rows, accounts, kinds = _recipients(company, memory, day)
    recipient = np.concatenate([memory.pool.prospect[rows], OWNERS + accounts])
    mail = np.concatenate([np.full(len(rows), int(Mail.NURTURE)), kinds])
    mailing = _fate(company, memory, day, recipient, mail)
    left = mailing.unsubscribed_at >= 0
    memory.pool.unsubscribed[rows[left[: len(rows)]]] = True
    memory.mailing.unsubscribed[accounts[left[len(rows) :]]] = True
    clicked_at = np.full(len(memory.pool), -1, dtype=np.int64)
    clicked_at[rows] = mailing.clicked_at[: len(rows)]
    own = slice(len(rows), None)
    there = mailing.clicked_at[own] >= 0
    clicks = MailClicks(clicked_at, accounts[there], mailing.campaign[own][there], mailing.clicked_at[own][there])
    return mailing, clicks


def _recipients(company: Company, memory: Marketing, day: Day) -> tuple[Ints, Ints, Ints]:
    emails, pool, book = company.scenario.marketing.emails, memory.pool, company.accounts
    due = (pool.prospect + day.number) % emails.nurture_every_days == 0
    known = (pool.contact_at >= 0) & (pool.contact_at < day.start_seconds)
    rows = np.flatnonzero(pool.alive & known & due & ~pool.unsubscribed)
    willing = ~memory.mailing.unsubscribed & ~book.is_test
    turn = (book.rows + day.number) % emails.newsletter_every_days == 0
    customers = np.flatnonzero(willing & turn & np.isin(book.status, (AccountStatus.ACTIVE, AccountStatus.PAUSED)))
    age = day.number - book.created_day
    trials = np.flatnonzero(willing & (book.status == AccountStatus.TRIAL) & np.isin(age, emails.onboarding_days))
    kinds = np.repeat([int(Mail.NEWSLETTER), int(Mail.ONBOARDING)], [len(customers), len(trials)])
    return rows, np.concatenate([customers, trials]), kinds


def _fate(company: Company, memory: Marketing, day: Day, recipient: Ints, mail: Ints) -> Mailing:
    emails, chance = company.scenario.marketing.emails, day.chance
    number = day.number * DAY_ROOM + np.arange(len(recipient))
    sent = chance.integers("mail/sent", recipient, emails.hours[0] * 3600, emails.hours[1] * 3600)
    delivered = ~chance.happens("mail/bounced", recipient, emails.bounced)
    opened = delivered & chance.happens("mail/opened", recipient, np.array(emails.opened)[mail])
    clicked = opened & chance.happens("mail/clicked", recipient, np.array(emails.clicked)[mail])
    left = opened & chance.happens("mail/unsubscribed", recipient, emails.unsubscribed)
    # Most open soon: the cube of a uniform share of what is left of the day.
    share = chance.uniform("mail/open_delay", recipient) ** 3
    delivered_at = sent + 2 + chance.integers("mail/delivery", recipient, 0, 40)
    opened_at = delivered_at + 20 + (share * (_LAST_OPEN_SECONDS - delivered_at - 20)).astype(np.int64)
    clicked_at = opened_at + chance.integers("mail/click_delay", recipient, 4, 240)
    left_at = opened_at + chance.integers("mail/leave_delay", recipient, 5, 120)

    def when(happened: NDArray[np.bool_], second: Ints) -> Ints:
        return np.where(happened, day.start_seconds + second, -1)

    return Mailing(
        number=number,
        recipient=recipient,
        mail=mail,
        campaign=_campaign_of_mail(company, memory, day)[mail],
        sent_at=day.start_seconds + sent,
        delivered_at=when(delivered, delivered_at),
        opened_at=when(opened, opened_at),
        clicked_at=when(clicked, clicked_at),
        unsubscribed_at=when(left, left_at),
    )


def _campaign_of_mail(company: Company, memory: Marketing, day: Day) -> Ints:
    keys = [t.key for t in company.scenario.marketing.campaigns]
    table, found = memory.campaigns, np.full(len(MAIL_KEYS), -1, dtype=np.int64)
    going = (table.begin_day <= day.number) & (table.end_day >= day.number)
    for mail, key in enumerate(MAIL_KEYS):
        if key in keys:
            rows = np.flatnonzero(going & (table.template == keys.index(key)))
            found[mail] = rows[0] if len(rows) else -1
    return found


def report(day: Day, mailing: Mailing, campaign_keys: NDArray[np.object_]) -> None:
    """Emit and tell the day's messages."""
    columns = {
        "number": mailing.number, "recipient": mailing.recipient, "mail": mailing.mail, "campaign": mailing.campaign,
        "sent_at": mailing.sent_at, "delivered_at": mailing.delivered_at, "opened_at": mailing.opened_at,
        "clicked_at": mailing.clicked_at, "unsubscribed_at": mailing.unsubscribed_at,
    }  # fmt: skip
    day.emit("email_message", **columns)
    if len(mailing.number):
        day.tell(
            "email_message",
            message=mailing.number,
            recipient=mailing.recipient,
            kind=np.array(MAIL_KEYS, dtype=object)[mailing.mail],
            campaign=campaign_keys[mailing.campaign],
            sent_at=mailing.sent_at * 1_000_000,
            delivered=mailing.delivered_at >= 0,
            opened=mailing.opened_at >= 0,
            clicked=mailing.clicked_at >= 0,
            unsubscribed=mailing.unsubscribed_at >= 0,
        )
