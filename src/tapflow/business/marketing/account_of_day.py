"""What the ledger and the sources are told of a day's prospects, touches and visits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing.browsing import Aims, Browsing
from tapflow.business.marketing.campaigns import campaign_keys
from tapflow.business.marketing.parameters import KINDS
from tapflow.business.marketing.prospects import PoolDay, forms_of
from tapflow.business.marketing.state import DAY_ROOM, Form, Marketing, Persona, TouchKind
from tapflow.business.marketing.visits import AFTER_CLICK_SECONDS, Visits, blocked, devices, unseen_by_analytics

Ints = NDArray[np.int64]
_DEVICES = np.array(["desktop", "mobile", "tablet"], dtype=object)
_PERSONAS = np.array([p.name.lower() for p in Persona], dtype=object)
_FORMS = np.array([f.name.lower() for f in Form], dtype=object)
_KINDS = np.array([*KINDS, ""], dtype=object)  # -1 reads the empty one
# What a visit looks like when its campaign's links carry no tags, by true kind.
SHOWN_UNTAGGED = {
    TouchKind.PAID_SEARCH: TouchKind.CONTENT, TouchKind.OUTBOUND: TouchKind.DIRECT, TouchKind.EVENT: TouchKind.DIRECT,
    TouchKind.REFERRAL: TouchKind.DIRECT,
}  # fmt: skip


def tell(
    company: Company, memory: Marketing, day: Day, today: PoolDay, visits: Visits, aims: Aims, browsing: Browsing,
    hazard: NDArray[np.float64], done_at: Ints, newcomers: int,
) -> None:  # fmt: skip
    """Emit the day's visits and events; tell prospects, touches, hazards, conversions and visits."""
    keys = np.append(campaign_keys(company, memory), "")  # -1 reads the empty one
    untagged = _untagged(memory, visits)
    _emit_visits(day, visits, browsing, untagged)
    _tell_visits(company, day, visits, aims, browsing, untagged, _searched(company, memory, visits), keys)
    _tell_newcomers(company, memory, day, today, newcomers, keys)
    _tell_touches(company, memory, day, today, visits, browsing, done_at, keys)
    _tell_hazards(memory, day, today, hazard)
    _tell_conversions(memory, day, today, hazard, done_at)


def _untagged(memory: Marketing, visits: Visits) -> NDArray[np.bool_]:
    lost = np.append(memory.campaigns.untagged, False)[visits.campaign]
    return np.asarray(lost & (visits.kind != TouchKind.EMAIL) & (visits.kind != TouchKind.DIRECT))


def shown_kinds(kind: Ints, untagged: NDArray[np.bool_], searched: NDArray[np.bool_]) -> Ints:
    """What a visit's tags and referrer tell, by its true kind and whether a search engine led to it."""
    shown = np.array([SHOWN_UNTAGGED.get(k, k) for k in TouchKind])[kind]
    # Content that no search engine referred to, such as a webinar's page, shows nothing without its tags.
    shown[(kind == TouchKind.CONTENT) & ~searched] = TouchKind.DIRECT
    return np.where(untagged, shown, kind)


def _searched(company: Company, memory: Marketing, visits: Visits) -> NDArray[np.bool_]:
    organic = np.array([c.medium == "organic" for c in company.scenario.marketing.campaigns], dtype=bool)
    return np.asarray(np.append(organic[memory.campaigns.template], False)[visits.campaign])


def _emit_visits(day: Day, visits: Visits, browsing: Browsing, untagged: NDArray[np.bool_]) -> None:
    day.emit(
        "web_visit", number=browsing.number, visitor=visits.visitor, kind=visits.kind, campaign=visits.campaign,
        untagged=untagged, region=visits.region, start_at=browsing.start_at, end_at=browsing.end_at,
        landing=browsing.landing, pages=browsing.pages, acted=browsing.acted, done=browsing.done_at >= 0,
    )  # fmt: skip
    day.emit(
        "web_event", visit=browsing.event_visit, page=browsing.event_page, name=browsing.event_name,
        number=browsing.event_number, at_us=browsing.event_at_us,
    )  # fmt: skip


def _tell_visits(
    company: Company, day: Day, visits: Visits, aims: Aims, browsing: Browsing, untagged: NDArray[np.bool_],
    searched: NDArray[np.bool_], keys: NDArray[np.object_],
) -> None:  # fmt: skip
    paths = np.array([p.path for p in company.scenario.marketing.website.pages], dtype=object)
    day.tell(
        "web_visit",
        visit=browsing.number,
        visitor=visits.visitor,
        persona=_PERSONAS[visits.persona],
        start_at=browsing.start_at * 1_000_000,
        duration_seconds=browsing.end_at - browsing.start_at,
        channel=_KINDS[visits.kind],
        shown_channel=_KINDS[shown_kinds(visits.kind, untagged, searched)],
        campaign=keys[visits.campaign],
        landing_page=paths[browsing.landing],
        device_type=_DEVICES[devices(company, visits.visitor)],
        pageviews=browsing.pages,
        pricing_page_views=browsing.pricing_views,
        acted=browsing.acted,
        signup_started=browsing.signup_started,
        signup_completed=aims.signs_up,
        demo_requested=aims.asks_demo,
        is_blocked=blocked(company, visits.visitor),
        is_unseen_by_analytics=unseen_by_analytics(company, visits.visitor),
        is_untagged=untagged | searched,
    )


def _tell_newcomers(
    company: Company, memory: Marketing, day: Day, today: PoolDay, count: int, keys: NDArray[np.object_]
) -> None:
    pool, rows = memory.pool, np.arange(len(memory.pool) - count, len(memory.pool))
    industries = np.array([i.name for i in company.scenario.customers.industries], dtype=object)
    countries = np.array([r.country for r in company.scenario.customers.regions], dtype=object)
    day.tell(
        "prospect",
        prospect=pool.prospect[rows],
        arrived_day=np.full(count, day.number),
        channel=_KINDS[pool.channel[rows]],
        campaign=keys[today.campaign[rows]],
        country=countries[pool.region[rows]],
        industry=industries[pool.industry[rows]],
        locations_wanted=pool.locations[rows].astype(np.int64),
        intent=pool.intent[rows],
        end_day=pool.end_day[rows],
    )


def _tell_touches(
    company: Company, memory: Marketing, day: Day, today: PoolDay, visits: Visits, browsing: Browsing, done_at: Ints,
    keys: NDArray[np.object_],
) -> None:  # fmt: skip
    pool = memory.pool
    effects = np.array([k.effect for k in company.scenario.marketing.touches.kinds])
    number, at = np.full(len(pool), -1), np.full(len(pool), day.start_seconds + 12 * 3600)
    ours = visits.pool_row >= 0
    number[visits.pool_row[ours]], at[visits.pool_row[ours]] = browsing.number[ours], browsing.start_at[ours]
    rows = np.flatnonzero(today.kind >= 0)
    at[today.kind == TouchKind.EMAIL] -= AFTER_CLICK_SECONDS  # the touch is the click, not the visit after it
    hidden = blocked(company, pool.prospect[rows])
    trace = np.where(number[rows] < 0, "none", np.where(hidden, "none", "website")).astype(object)
    trace[today.kind[rows] == TouchKind.EMAIL] = "email"
    # A conversion by hand is a touch that the CRM saw, if it made the contact: an answer, a badge at a stand.
    hand = np.flatnonzero(today.offline)
    by_hand = np.where(pool.form[hand] == Form.IMPORTED, "crm", "none").astype(object)
    who = np.concatenate([rows, hand])
    kind = np.concatenate([today.kind[rows], pool.channel[hand]])
    day.tell(
        "touch",
        prospect=pool.prospect[who],
        touch=day.number * DAY_ROOM + np.arange(len(who)),
        at=np.concatenate([at[rows], done_at[hand]]) * 1_000_000,
        kind=_KINDS[kind],
        campaign=keys[np.concatenate([today.campaign[rows], np.full(len(hand), -1)])],
        effect=np.concatenate([effects[today.kind[rows]], np.ones(len(hand))]),
        visit=np.concatenate([number[rows], np.full(len(hand), -1)]),
        trace=np.concatenate([trace, by_hand]),
    )


def _tell_hazards(memory: Marketing, day: Day, today: PoolDay, hazard: NDArray[np.float64]) -> None:
    pool = memory.pool
    group = 2 * pool.channel.astype(np.int64) + today.touched
    there = np.flatnonzero(np.bincount(group, minlength=14))
    day.tell(
        "prospect_hazard",
        day=np.full(len(there), day.number),
        channel=_KINDS[there // 2],
        touched_today=there % 2 == 1,
        at_risk=np.bincount(group, minlength=14)[there],
        expected_conversions=np.bincount(group, weights=hazard, minlength=14)[there],
        conversions=np.bincount(group[today.converts], minlength=14)[there],
    )


def _tell_conversions(memory: Marketing, day: Day, today: PoolDay, hazard: NDArray[np.float64], done_at: Ints) -> None:
    pool, rows = memory.pool, np.flatnonzero(today.converts)
    day.tell(
        "conversion",
        prospect=pool.prospect[rows],
        at=done_at[rows] * 1_000_000,
        form=_FORMS[forms_of(today.wants_demo[rows], today.offline[rows])],
        channel=_KINDS[pool.channel[rows]],
        hazard=hazard[rows],
        touches=pool.touches[rows].astype(np.int64),
    )
