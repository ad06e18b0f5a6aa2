"""Who comes to the website today, by what, and when: prospects, and people who will never buy."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing.calendar_hours import zone_offsets
from tapflow.business.marketing.campaigns import AdDay, demand_factor, running
from tapflow.business.marketing.parameters import KINDS
from tapflow.business.marketing.prospects import PoolDay
from tapflow.business.marketing.state import DAY_ROOM, OWNERS, STRANGERS, Marketing, Persona, TouchKind
from tapflow.core.clock import SECONDS_PER_DAY, DayNumber

Ints = NDArray[np.int64]
_RETURN_DAYS = (2, 4, 9)  # after which a stranger comes back; never the next day, so that sessions stay apart
_CLICKERS = DAY_ROOM // 2  # strangers that clicked an ad are numbered from here within their day
SESSION_GAP_SECONDS = 1800  # without an event for this long, a session is over
AFTER_CLICK_SECONDS = 2  # from the click in a mail to the first page


@dataclass
class Visits:
    """The day's visits, one row each. `start_at` is wished for; browsing moves it to fit into the day."""

    visitor: Ints
    pool_row: Ints  # -1 for people who are no prospects
    persona: Ints
    kind: Ints  # TouchKind that brought it
    campaign: Ints  # -1 for none
    region: Ints
    start_at: Ints
    earliest_at: Ints

    def joined(self, *others: Visits) -> Visits:
        """All rows together, in order."""
        parts = (self, *others)
        return Visits(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(self)))


def gather(
    company: Company, memory: Marketing, day: Day, today: PoolDay, ads: AdDay, clicks: Ints, mail: MailClicks
) -> Visits:
    """All visits of the day. `clicks` holds the ad rows that strangers clicked."""
    return _by_prospects(company, memory, day, today, mail.pool_clicked_at).joined(
        _by_clickers(company, memory, day, ads, clicks),
        _by_strangers(company, memory, day),
        _by_owners(company, day, mail),
    )


@dataclass(frozen=True)
class MailClicks:
    """Clicks in today's mails: the instant by pool row (-1: none), and accounts whose owners clicked."""

    pool_clicked_at: Ints
    account: Ints
    campaign: Ints
    clicked_at: Ints


def _by_prospects(company: Company, memory: Marketing, day: Day, today: PoolDay, clicked_at: Ints) -> Visits:
    pool, rows = memory.pool, np.flatnonzero(today.visits)
    large = pool.locations[rows] >= company.scenario.marketing.prospects.large_locations
    start = _waking_instants(company, day, pool.prospect[rows], pool.region[rows])
    by_mail = (today.kind[rows] == TouchKind.EMAIL) & (clicked_at[rows] >= 0)
    return Visits(
        visitor=pool.prospect[rows],
        pool_row=rows,
        persona=np.where(large, Persona.CHAIN_MANAGER, Persona.BAR_OWNER).astype(np.int64),
        kind=today.kind[rows].astype(np.int64),
        campaign=today.campaign[rows],
        region=pool.region[rows].astype(np.int64),
        start_at=np.where(by_mail, clicked_at[rows] + AFTER_CLICK_SECONDS, start),
        earliest_at=np.maximum(pool.last_seen_at[rows] + SESSION_GAP_SECONDS + 60, day.start_seconds),
    )


def _by_clickers(company: Company, memory: Marketing, day: Day, ads: AdDay, clicks: Ints) -> Visits:
    number = STRANGERS + day.number * DAY_ROOM + _CLICKERS + np.arange(len(clicks))
    region = company.lasting().choice("marketing/region", number, _region_weights(company))
    campaign = ads.campaign[clicks]
    channel = np.array([KINDS.index(t.channel) for t in company.scenario.marketing.campaigns])
    return _of_strangers(
        company, day, number, np.full(len(clicks), Persona.CURIOUS), channel[memory.campaigns.template[campaign]],
        campaign, region,
    )  # fmt: skip


def _by_strangers(company: Company, memory: Marketing, day: Day) -> Visits:
    website = company.scenario.marketing.website
    number, persona = _first_visits(company, day.number)
    for lag in _RETURN_DAYS:
        earlier, who = _first_visits(company, day.number - lag)
        again = company.lasting().happens("marketing/returns", earlier, website.returning)
        again &= company.lasting().choice("marketing/lag", earlier, np.ones(len(_RETURN_DAYS))) == _RETURN_DAYS.index(
            lag
        )
        number, persona = np.concatenate([number, earlier[again]]), np.concatenate([persona, who[again]])
    direct = day.chance.happens("marketing/direct", number, np.array([p.direct for p in website.personas])[persona])
    brought = np.array([KINDS.index(p.touch) for p in website.personas])[persona]
    kind = np.where(direct, TouchKind.DIRECT, brought)
    organic = [
        row for row in running(company, memory, day.number, TouchKind.CONTENT)
        if company.scenario.marketing.campaigns[memory.campaigns.template[row]].medium == "organic"
    ]  # fmt: skip
    campaign = np.where((kind == TouchKind.CONTENT) & bool(organic), organic[0] if organic else -1, -1)
    region = company.lasting().choice("marketing/region", number, _region_weights(company))
    return _of_strangers(company, day, number, persona + Persona.CURIOUS, kind, campaign, region)


def _first_visits(company: Company, day: DayNumber) -> tuple[Ints, Ints]:
    # A pure function of the day: the strangers who come back need no memory.
    personas = company.scenario.marketing.website.personas
    thousands = company.scenario.size.accounts / 1000 * demand_factor(company, day)
    rates = np.array([p.per_1000_accounts for p in personas]) * thousands
    counts = company.chance(day).poisson("marketing/strangers", np.arange(len(personas)), rates)
    persona = np.repeat(np.arange(len(personas)), counts)
    return STRANGERS + day * DAY_ROOM + np.arange(len(persona)), persona


def _of_strangers(
    company: Company, day: Day, number: Ints, persona: Ints, kind: Ints, campaign: Ints, region: Ints
) -> Visits:
    return Visits(
        visitor=number,
        pool_row=np.full(len(number), -1),
        persona=persona.astype(np.int64),
        kind=kind.astype(np.int64),
        campaign=campaign.astype(np.int64),
        region=region,
        start_at=_waking_instants(company, day, number, region),
        earliest_at=np.full(len(number), day.start_seconds),
    )


def _by_owners(company: Company, day: Day, mail: MailClicks) -> Visits:
    count = len(mail.account)
    return Visits(
        visitor=OWNERS + mail.account,
        pool_row=np.full(count, -1),
        persona=np.full(count, int(Persona.CUSTOMER)),
        kind=np.full(count, int(TouchKind.EMAIL)),
        campaign=mail.campaign,
        region=company.accounts.country[mail.account].astype(np.int64),
        start_at=mail.clicked_at + AFTER_CLICK_SECONDS,
        earliest_at=np.full(count, day.start_seconds),
    )


def _waking_instants(company: Company, day: Day, number: Ints, region: Ints) -> Ints:
    hours = day.chance.choice("marketing/hour", number, company.scenario.marketing.website.hours)
    second = day.chance.integers("marketing/second", number, 0, 3600)
    local = hours * 3600 + second
    return np.asarray(day.start_seconds + (local - zone_offsets(company, day.number)[region]) % SECONDS_PER_DAY)


def _region_weights(company: Company) -> list[float]:
    return [r.weight for r in company.scenario.customers.regions]


def devices(company: Company, visitors: Ints) -> Ints:
    """Each visitor's device: desktop, mobile or tablet."""
    return company.lasting().choice("marketing/device", visitors, company.scenario.marketing.website.devices)


def browsers(company: Company, visitors: Ints) -> Ints:
    """Each visitor's browser: Chrome, Safari, Edge or Firefox."""
    return company.lasting().choice("marketing/browser", visitors, company.scenario.marketing.website.browsers)


def blocked(company: Company, visitors: Ints) -> NDArray[np.bool_]:
    """Visitors whose browser lets no event through to PostHog (mess: ad blockers). Lasting."""
    rate = np.array(company.scenario.marketing.mess.ad_blockers)[devices(company, visitors)]
    return company.lasting().happens("marketing/blocked", visitors, rate)


def unseen_by_analytics(company: Company, visitors: Ints) -> NDArray[np.bool_]:
    """Visitors that Google Analytics does not see: blocked there too, or refused consent. Lasting."""
    mess = company.scenario.marketing.mess
    rate = np.where(blocked(company, visitors), mess.analytics_blocked_too, mess.consent_refused)
    return company.lasting().happens("marketing/unseen", visitors, rate)
