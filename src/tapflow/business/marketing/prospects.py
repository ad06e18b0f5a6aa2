"""The pool of prospects: they arrive, are touched again, and one day convert or lose interest.

The daily hazard of converting is base x intent x effects: each touch multiplies it by its
kind's effect, whose logarithm fades by half every `half_life_days`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing.campaigns import AdDay, demand_factor, running
from tapflow.business.marketing.parameters import KINDS
from tapflow.business.marketing.state import DAY_ROOM, Form, LeadKind, Marketing, Platform, TouchKind
from tapflow.core.clock import DayNumber

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
NOBODY = -1
_OFFLINE = (TouchKind.OUTBOUND, TouchKind.EVENT)
_CLAIM_DAYS = 30  # how long after a click an ad platform claims a conversion: the platforms' default
_AD_COLUMNS = {Platform.GOOGLE_ADS: "google", Platform.FACEBOOK_ADS: "facebook", Platform.LINKEDIN_ADS: "linkedin"}


@dataclass
class PoolDay:
    """What happened to each row of the pool today; `kind` is -1 where nothing did."""

    kind: NDArray[np.int8]  # TouchKind of today's touch
    campaign: Ints  # its campaign, -1 for none
    ad_group: Ints  # row of today's AdDay for a paid click, -1 else
    visits: Flags
    touched: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))  # when the dice were thrown
    converts: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    offline: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))  # converts without the website
    wants_demo: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))


def arrive(company: Company, memory: Marketing, day: Day, ads: AdDay) -> tuple[Ints, Ints]:
    """New prospects by their first touches; answers the ad row of each (-1 for unpaid), and clicks by strangers."""
    parameters = company.scenario.marketing
    template = memory.campaigns.template[ads.campaign]
    share = np.array([t.prospects for t in parameters.campaigns])[template]
    click_row = np.repeat(np.arange(len(ads.ad_group)), ads.clicks)
    click = day.number * DAY_ROOM + np.arange(len(click_row))
    by_prospect = day.chance.happens("marketing/click_by", click, share[click_row])
    channel_of = np.array([KINDS.index(t.channel) for t in parameters.campaigns])
    paid = click_row[by_prospect]
    rates = np.array([a.per_1000_accounts for a in parameters.prospects.arrivals])
    rates = rates * company.scenario.size.accounts / 1000 * demand_factor(company, day.number)
    unpaid = np.repeat(np.arange(7), day.chance.poisson("marketing/arrivals", np.arange(7), rates))
    channel = np.concatenate([channel_of[template[paid]], unpaid]).astype(np.int64)
    _append(company, memory, day.number, channel)
    return np.concatenate([paid, np.full(len(unpaid), NOBODY)]), click_row[~by_prospect]


def _append(company: Company, memory: Marketing, day: DayNumber, channel: Ints) -> None:
    parameters, customers = company.scenario.marketing.prospects, company.scenario.customers
    numbers = memory.next_prospect + np.arange(len(channel))
    memory.next_prospect += len(channel)
    chance = company.lasting()
    sigma = parameters.intent_sigma
    mean = np.array([a.intent for a in parameters.arrivals])[channel]
    stays = chance.exponential("marketing/interest", numbers, parameters.interest_days_mean)
    wanted = (1 - chance.uniform("marketing/wanted", numbers)) ** (-1 / parameters.locations_tail)
    memory.pool.append(
        len(channel),
        prospect=numbers,
        alive=True,
        end_day=day + np.minimum(stays, parameters.interest_days_most).astype(np.int64),
        channel=channel,
        intent=mean * np.exp(sigma * chance.normal("marketing/intent", numbers) - sigma**2 / 2),
        region=chance.choice("marketing/region", numbers, [r.weight for r in customers.regions]),
        industry=chance.choice("marketing/industry", numbers, [i.weight for i in customers.industries]),
        locations=np.minimum(wanted, customers.locations_most).astype(np.int64),
        contact_at=-1,
        qualified_at=-1,
        ad_group_google=-1,
        ad_group_facebook=-1,
        ad_group_linkedin=-1,
    )


def touch(company: Company, memory: Marketing, day: Day, ads: AdDay, comers: Ints, mail_campaign: Ints) -> PoolDay:
    """Today's touch of each prospect, one at most: newcomers' first, a mail's click, or another one.

    `comers` is the ad row of the newcomers (the pool's last rows); `mail_campaign` the campaign of
    the mail that a row clicked today, or -1.
    """
    parameters, pool = company.scenario.marketing, memory.pool
    fresh = np.zeros(len(pool), dtype=bool)
    fresh[len(pool) - len(comers) :] = True
    weights = [k.again for k in parameters.touches.kinds]
    kind = np.full(len(pool), NOBODY, dtype=np.int8)
    again = day.chance.happens("marketing/again", pool.prospect, parameters.prospects.touch_again) & ~fresh
    kind[again] = day.chance.choice("marketing/again_kind", pool.prospect[again], weights)
    mailed = mail_campaign >= 0
    kind[mailed] = TouchKind.EMAIL
    kind[fresh] = pool.channel[fresh]
    today = PoolDay(kind, mail_campaign.copy(), np.full(len(pool), NOBODY), np.zeros(len(pool), dtype=bool))
    today.ad_group[fresh] = comers
    for each in range(TouchKind.DIRECT):
        if each != TouchKind.EMAIL:
            _assign_campaigns(company, memory, day, ads, today, each)
    share = np.array([k.visits for k in parameters.touches.kinds])
    today.visits = (kind >= 0) & day.chance.happens("marketing/visits", pool.prospect, share[kind])
    _remember_ads(company, memory, day.number, ads, today)
    return today


def _assign_campaigns(company: Company, memory: Marketing, day: Day, ads: AdDay, today: PoolDay, kind: int) -> None:
    rows = np.flatnonzero(today.kind == kind)
    if kind in (TouchKind.PAID_SEARCH, TouchKind.SOCIAL):
        channel = np.array([KINDS.index(t.channel) for t in company.scenario.marketing.campaigns])
        of_kind = np.flatnonzero(channel[memory.campaigns.template[ads.campaign]] == kind)
        unknown = rows[today.ad_group[rows] < 0]
        if len(of_kind) == 0:
            today.kind[unknown] = NOBODY
            return
        picked = day.chance.choice("marketing/ad_again", memory.pool.prospect[unknown], ads.clicks[of_kind] + 1)
        today.ad_group[unknown] = of_kind[picked]
        today.campaign[rows] = ads.campaign[today.ad_group[rows]]
        return
    choices = running(company, memory, day.number, kind)
    picked = day.chance.integers("marketing/campaign", memory.pool.prospect[rows], 0, len(choices))
    today.campaign[rows] = choices[picked]


def _remember_ads(company: Company, memory: Marketing, day: DayNumber, ads: AdDay, today: PoolDay) -> None:
    rows = np.flatnonzero(today.ad_group >= 0)
    template = memory.campaigns.template[today.campaign[rows]]
    names = np.array([t.platform for t in company.scenario.marketing.campaigns], dtype=object)[template]
    for platform, column in _AD_COLUMNS.items():
        there = rows[names == platform.name.lower()]
        memory.pool[f"ad_group_{column}"][there] = ads.ad_group[today.ad_group[there]]
        memory.pool[f"ad_day_{column}"][there] = day


def decide(company: Company, memory: Marketing, day: Day, today: PoolDay) -> NDArray[np.float64]:
    """Fade old effects, add today's, throw the dice; answers the daily hazards and marks who converts how."""
    parameters, pool = company.scenario.marketing, memory.pool
    effects = np.log([k.effect for k in parameters.touches.kinds])
    pool.log_effect[:] *= 0.5 ** (1 / parameters.touches.half_life_days)
    touched = today.touched = today.kind >= 0
    pool.log_effect[touched] += effects[today.kind[touched]]
    np.minimum(pool.log_effect, np.log(parameters.touches.strongest), out=pool.log_effect)
    pool.touches[touched] += 1
    rate = parameters.prospects.base_hazard * pool.intent * np.exp(pool.log_effect)
    hazard = np.where(pool.alive, 1 - np.exp(-rate), 0.0)
    today.converts = day.chance.happens("marketing/converts", pool.prospect, hazard)
    by_hand = np.isin(pool.channel, _OFFLINE)
    today.offline = (
        today.converts
        & by_hand
        & day.chance.happens("marketing/offline", pool.prospect, parameters.prospects.offline_lead_share)
    )
    large = pool.locations >= parameters.prospects.large_locations
    share = np.where(large, parameters.prospects.demo_share_large, parameters.prospects.demo_share)
    today.wants_demo = today.converts & ~today.offline & day.chance.happens("marketing/demo", pool.prospect, share)
    # Who converts on the website is there today, by what brought them or directly.
    comes = today.converts & ~today.offline & ~today.visits
    today.kind[comes & ~touched] = TouchKind.DIRECT
    today.visits |= comes
    return hazard


def claimed_conversions(memory: Marketing, day: DayNumber, ads: AdDay, today: PoolDay) -> Ints:
    """Today's conversions on the website that each ad group's platform claims: a click within its window."""
    pool = memory.pool
    counts = np.zeros(len(ads.ad_group), dtype=np.int64)
    place = {int(g): i for i, g in enumerate(ads.ad_group)}
    won = today.converts & ~today.offline
    for column in _AD_COLUMNS.values():
        group, since = pool[f"ad_group_{column}"], pool[f"ad_day_{column}"]
        for row in np.flatnonzero(won & (group >= 0) & (since >= day - _CLAIM_DAYS)):
            found = place.get(int(group[row]), NOBODY)
            if found >= 0:
                counts[found] += 1
    return counts


def leave(memory: Marketing, day: DayNumber, gone: Flags) -> None:
    """Take out of the pool who converted and whose interest is over."""
    memory.pool.alive[gone | (memory.pool.end_day <= day)] = False
    memory.compact()


def lead_kinds(channel: NDArray[np.int8], wants_demo: Flags) -> Ints:
    """What kind of lead a conversion is, for sales."""
    hand = np.where(channel == TouchKind.OUTBOUND, LeadKind.OUTBOUND_ANSWER, LeadKind.EVENT_LEAD)
    return np.where(wants_demo, LeadKind.DEMO_REQUEST, hand).astype(np.int64)


def forms_of(wants_demo: Flags, offline: Flags) -> Ints:
    """The form by which a conversion came."""
    return np.where(offline, Form.IMPORTED, np.where(wants_demo, Form.DEMO, Form.SIGNUP)).astype(np.int64)
