"""A day of marketing, from budgets to new business."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing import account_of_day as accounting
from tapflow.business.marketing import contacts, mail, prospects
from tapflow.business.marketing.browsing import Aims, Browsing, browse
from tapflow.business.marketing.campaigns import advertise, begin_cycles, campaign_keys, report, tell_untagged
from tapflow.business.marketing.parameters import KINDS
from tapflow.business.marketing.prospects import PoolDay
from tapflow.business.marketing.state import Form, LeadKind, Marketing, Stage, TouchKind
from tapflow.business.marketing.visits import MailClicks, Visits, gather

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def found(company: Company, day: Day) -> None:
    """Campaigns with a past, a pool of prospects that has lived for a while, and contacts of existing owners."""
    memory = company.part(Marketing)
    for number in range(day.number - company.scenario.marketing.warm_up_days, day.number):
        _live(company, memory, Day(number, company.chance(number)))
    memory.contacts = type(memory.contacts)(**{n: memory.contacts[n].dtype.str for n in memory.contacts.names})
    memory.contact_rows.clear()
    begun = np.flatnonzero(memory.campaigns.begin_day < day.number)
    day.emit("campaign_changed", campaign=begun, at=memory.campaigns.updated_at[begun], kind=0)
    contacts.introduce(company, memory, day)
    tell_untagged(company, memory, day, np.flatnonzero(memory.campaigns.end_day >= day.number))


def step(company: Company, day: Day) -> None:
    """Emit `signup_intent` and `lead_created`, advertising, visits, forms, mails and contacts; tell the truth."""
    memory = company.part(Marketing)
    contacts.follow(company, memory, day)
    _live(company, memory, day)


def _live(company: Company, memory: Marketing, day: Day) -> None:
    begin_cycles(company, memory, day)
    ads = advertise(company, memory, day, _cost_factors(company, day))
    mailing, mail_clicks = mail.send(company, memory, day)
    comers, stranger_clicks = prospects.arrive(company, memory, day, ads)
    mail_clicks = _padded(mail_clicks, len(memory.pool))
    clicked = np.where(mail_clicks.pool_clicked_at >= 0, _nurture_campaign(company, memory, day), -1)
    today = prospects.touch(company, memory, day, ads, comers, clicked)
    hazard = prospects.decide(company, memory, day, today)
    visits = gather(company, memory, day, today, ads, stranger_clicks, mail_clicks)
    aims = _aims(company, day, today, visits)
    browsing = browse(company, day, visits, aims)
    done_at = _finish(memory, day, today, visits, browsing)
    forms = _fill_forms(company, memory, day, today, visits, browsing)
    _score(company, memory, today, visits, browsing, forms)
    ended = _by_row(memory, visits, browsing.end_at, day.start_seconds + 12 * 3600)
    contacts.convert(memory, today, done_at)
    reached = contacts.qualify(company, memory, today, np.maximum(ended, memory.pool.contact_at))
    clicks = ads.clicks + np.bincount(today.ad_group[today.ad_group >= 0], minlength=len(ads.clicks))
    clicks -= np.bincount(comers[comers >= 0], minlength=len(ads.clicks))  # they are among the clicks bought
    report(company, memory, day, ads, clicks, prospects.claimed_conversions(memory, day.number, ads, today))
    mail.report(day, mailing, campaign_keys(company, memory))
    accounting.tell(company, memory, day, today, visits, aims, browsing, hazard, done_at, len(comers))
    contacts.tell(company, memory, day, day.start_seconds)
    _hand_over(memory, day, today, reached, done_at)
    _emit_contacts(memory, day, today, reached, mailing, ended)
    gone = today.converts | reached
    contacts.archive(company, memory, day, gone)
    rows = np.flatnonzero(gone)
    contacts.keep(memory, rows, np.where(reached[rows], Stage.MARKETING_QUALIFIED, _stage(today, rows)))
    prospects.leave(memory, day.number, gone)


def _cost_factors(company: Company, day: Day) -> NDArray[np.float64]:
    index, incidents = day.number - company.first_day, company.scenario.incidents
    return np.array([incidents.factor(index, "channel_cost_doubles", kind) for kind in KINDS])


def _padded(clicks: MailClicks, size: int) -> MailClicks:
    fresh = np.full(size - len(clicks.pool_clicked_at), -1, dtype=np.int64)
    at = np.concatenate([clicks.pool_clicked_at, fresh])
    return MailClicks(at, clicks.account, clicks.campaign, clicks.clicked_at)


def _nurture_campaign(company: Company, memory: Marketing, day: Day) -> int:
    keys = [t.key for t in company.scenario.marketing.campaigns]
    table = memory.campaigns
    going = (table.template == keys.index("nurture")) & (table.begin_day <= day.number) & (table.end_day >= day.number)
    return int(np.flatnonzero(going)[0])


def _aims(company: Company, day: Day, today: PoolDay, visits: Visits) -> Aims:
    parameters, row = company.scenario.marketing, visits.pool_row
    ours = row >= 0
    converts = np.where(ours, (today.converts & ~today.offline)[row], False)
    demo = converts & today.wants_demo[row]
    idle = ours & ~converts
    abandons = idle & day.chance.happens("web/abandons", visits.visitor, parameters.prospects.abandon_signup)
    prices = ours & day.chance.happens("web/prices", visits.visitor, parameters.website.pricing_interest)
    return Aims(converts & ~demo, demo, abandons, prices)


def _by_row(memory: Marketing, visits: Visits, values: Ints, otherwise: int) -> Ints:
    out = np.full(len(memory.pool), otherwise, dtype=np.int64)
    ours = visits.pool_row >= 0
    out[visits.pool_row[ours]] = values[ours]
    return out


def _finish(memory: Marketing, day: Day, today: PoolDay, visits: Visits, browsing: Browsing) -> Ints:
    # When each row's conversion was done: on the website, or by hand at business time.
    pool, ours = memory.pool, visits.pool_row >= 0
    pool.last_seen_at[visits.pool_row[ours]] = browsing.end_at[ours]
    by_hand = day.start_seconds + day.chance.integers("marketing/by_hand", pool.prospect, 14 * 3600, 22 * 3600)
    return np.where(today.offline, by_hand, _by_row(memory, visits, browsing.done_at, -1))


def _fill_forms(
    company: Company, memory: Marketing, day: Day, today: PoolDay, visits: Visits, browsing: Browsing
) -> Flags:
    # Visitors not yet known fill a form, at the end of a visit; everybody that converts on the website fills theirs.
    rates, pool = company.scenario.marketing.forms, memory.pool
    asked = (pool.contact_at < 0) & today.visits & ~today.converts
    reading = np.isin(today.kind, (TouchKind.CONTENT, TouchKind.SOCIAL, TouchKind.EMAIL))
    listening = np.isin(today.kind, (TouchKind.CONTENT, TouchKind.EVENT, TouchKind.EMAIL))
    share = np.column_stack([np.full(len(pool), rates.newsletter), rates.guide * reading, rates.webinar * listening])
    draw = day.chance.uniform("marketing/form", pool.prospect)
    edges = np.cumsum(share, axis=1)
    filled = asked & (draw < edges[:, -1])
    form = (draw[:, None] >= edges).sum(axis=1)
    at = _by_row(memory, visits, browsing.end_at - 2, -1)
    pool.contact_at[filled] = at[filled]
    pool.form[filled] = form[filled]
    rows = np.flatnonzero(filled)
    won = np.flatnonzero(today.converts & ~today.offline)
    done = _by_row(memory, visits, browsing.done_at, -1)
    number = _by_row(memory, visits, browsing.number, -1)
    who = np.concatenate([rows, won])
    day.emit(
        "form_submission",
        number=number[who],
        contact=pool.prospect[who],
        form=np.concatenate([form[rows], np.where(today.wants_demo[won], Form.DEMO, Form.SIGNUP)]),
        at=np.concatenate([at[rows], done[won]]),
        creates=np.concatenate([np.ones(len(rows), dtype=bool), pool.contact_at[won] < 0]),
    )
    return filled


def _score(
    company: Company, memory: Marketing, today: PoolDay, visits: Visits, browsing: Browsing, filled: Flags
) -> None:
    points, pool = company.scenario.marketing.scoring, memory.pool
    pool.score[today.visits] += points.visit
    priced = _by_row(memory, visits, (browsing.pricing_views > 0).astype(np.int64), 0)
    pool.score[priced > 0] += points.pricing_viewed
    pool.score[filled] += points.form
    pool.score[today.kind == TouchKind.EMAIL] += points.email_clicked
    pool.score[today.kind == TouchKind.EVENT] += points.event_attended


def _hand_over(memory: Marketing, day: Day, today: PoolDay, reached: Flags, done_at: Ints) -> None:
    pool = memory.pool
    signs = np.flatnonzero(today.converts & ~today.offline & ~today.wants_demo)
    leads = np.flatnonzero(today.converts & (today.offline | today.wants_demo))
    scored = np.flatnonzero(reached)

    def who(rows: Ints, at: Ints) -> dict[str, NDArray[np.generic]]:
        return {
            "prospect": pool.prospect[rows], "channel": pool.channel[rows].astype(np.int64), "at": at,
            "region": pool.region[rows].astype(np.int64), "industry": pool.industry[rows].astype(np.int64),
            "locations_wanted": pool.locations[rows].astype(np.int64),
        }  # fmt: skip

    day.emit("signup_intent", **who(signs, done_at[signs]))
    kinds = prospects.lead_kinds(pool.channel[leads], today.wants_demo[leads])
    day.emit("lead_created", **who(leads, done_at[leads]), kind=kinds)
    day.emit("lead_created", **who(scored, pool.qualified_at[scored]), kind=int(LeadKind.SCORED))


def _stage(today: PoolDay, rows: Ints) -> Ints:
    by_hand = np.where(today.offline[rows], Stage.LEAD, Stage.OPPORTUNITY)
    return np.where(today.wants_demo[rows], Stage.MARKETING_QUALIFIED, by_hand).astype(np.int64)


def _emit_contacts(
    memory: Marketing, day: Day, today: PoolDay, reached: Flags, mailing: mail.Mailing, ended: Ints
) -> None:
    pool = memory.pool
    left = np.isin(pool.prospect, mailing.recipient[mailing.unsubscribed_at >= 0])
    rows = np.flatnonzero((pool.contact_at >= 0) & ((today.kind >= 0) | today.converts | reached | left))
    stage = np.where(today.converts[rows], _stage(today, rows), Stage.LEAD)
    stage = np.where(reached[rows], Stage.MARKETING_QUALIFIED, stage)
    at = np.maximum(np.maximum(ended[rows], pool.contact_at[rows]), day.start_seconds + 12 * 3600)
    contacts.emit_pool(memory, day, rows, np.minimum(at + 60, day.end_seconds - 1), stage)
