"""What people do on the website: pages, the time on them, and the events that this makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing.parameters import KINDS, Website
from tapflow.business.marketing.state import DAY_ROOM
from tapflow.business.marketing.visits import Visits

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
EVENT_NAMES = (
    "$pageview", "$pageleave", "$autocapture", "home_viewed", "pricing_viewed", "features_viewed", "demo_viewed",
    "pricing_calculator_used", "feature_video_played", "documentation_searched", "signup_started",
    "signup_completed", "demo_requested",
)  # fmt: skip
_PAGE_ROOM, _EVENT_ROOM = 32, 16  # pages of a visit, events of a page
_SHORTEST_SECONDS = 5  # on a page


@dataclass
class Browsing:
    """The day's pages and events, and what each visit came to. Instants are epoch seconds."""

    number: Ints  # of the visit
    start_at: Ints
    end_at: Ints
    pages: Ints
    landing: Ints  # page
    pricing_views: Ints
    acted: Flags  # did more than look
    signup_started: Flags
    done_at: Ints  # when the form was sent; -1 if none was
    event_visit: Ints  # row of the visit
    event_page: Ints
    event_name: Ints  # index in EVENT_NAMES
    event_number: Ints  # unique
    event_at_us: Ints


@dataclass(frozen=True)
class Aims:
    """What visits are for, one flag a visit: sign up, ask for a demo, begin to sign up only, see prices."""

    signs_up: Flags
    asks_demo: Flags
    abandons: Flags
    sees_prices: Flags


def browse(company: Company, day: Day, visits: Visits, aims: Aims) -> Browsing:
    """Let everybody browse."""
    website = company.scenario.marketing.website
    number = day.number * DAY_ROOM + np.arange(len(visits.visitor))
    counts = _page_counts(day, website, visits, aims, number)
    row = np.repeat(np.arange(len(counts)), counts)
    position = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = number[row] * _PAGE_ROOM + position
    page = _pages(day, website, visits, aims, row, position, counts, key)
    seconds = day.chance.lognormal("web/seconds", key, website.page_seconds_median, website.page_seconds_sigma)
    whole = np.clip(seconds, _SHORTEST_SECONDS, website.page_seconds_most).astype(np.int64)
    length = np.bincount(row, weights=whole, minlength=len(counts)).astype(np.int64)
    start = np.minimum(np.maximum(visits.start_at, visits.earliest_at), day.end_seconds - length - 10)
    running_total = np.cumsum(whole) - whole
    opened = start[row] + running_total - running_total[np.cumsum(counts) - counts][row]
    return _with_events(day, website, aims, number, start, length, counts, row, position, key, page, opened, whole)


def _page_counts(day: Day, website: Website, visits: Visits, aims: Aims, number: Ints) -> Ints:
    more = np.array(website.more_pages)[visits.persona]
    drawn = 1 + np.floor(np.log(1 - day.chance.uniform("web/pages", number)) / np.log(more)).astype(np.int64)
    least = 1 + (aims.signs_up | aims.asks_demo | aims.abandons) + aims.sees_prices
    return np.asarray(np.minimum(np.maximum(drawn, least), website.pages_most))


def _pages(
    day: Day, website: Website, visits: Visits, aims: Aims, row: Ints, position: Ints, counts: Ints, key: Ints
) -> Ints:
    paths = [p.path for p in website.pages]
    page = np.zeros(len(row), dtype=np.int64)
    for kind, name in enumerate(KINDS):
        rows = np.flatnonzero((position == 0) & (visits.kind[row] == kind))
        page[rows] = day.chance.choice("web/landing", key[rows], website.landing[name])
    for persona in range(5):
        rows = np.flatnonzero((position > 0) & (visits.persona[row] == persona))
        page[rows] = day.chance.choice("web/page", key[rows], [p.weights[persona] for p in website.pages])
    page[(position == 1) & aims.sees_prices[row]] = paths.index("/pricing")
    last = position == counts[row] - 1
    page[last & (aims.signs_up | aims.abandons)[row]] = paths.index("/signup")
    page[last & aims.asks_demo[row]] = paths.index("/demo")
    return page


def _with_events(
    day: Day, website: Website, aims: Aims, number: Ints, start: Ints, length: Ints, counts: Ints, row: Ints,
    position: Ints, key: Ints, page: Ints, opened: Ints, seconds: Ints,
) -> Browsing:  # fmt: skip
    paths = [p.path for p in website.pages]
    last = position == counts[row] - 1
    half = opened + seconds // 2
    late = opened + 4 * seconds // 5
    pricing, docs = page == paths.index("/pricing"), page == paths.index("/docs")
    acts = {
        "$autocapture": (day.chance.happens("web/click", key, website.autocapture), half),
        "pricing_calculator_used": (pricing & day.chance.happens("web/calculator", key, website.calculator), half),
        "feature_video_played": (
            (page == paths.index("/features")) & day.chance.happens("web/video", key, website.video), half),
        "documentation_searched": (docs & day.chance.happens("web/search", key, website.docs_search), half),
        "signup_started": (last & (aims.signs_up | aims.abandons)[row], opened + 2),
        "signup_completed": (last & aims.signs_up[row], late),
        "demo_requested": (last & aims.asks_demo[row], late),
    }  # fmt: skip
    named = np.array([EVENT_NAMES.index(p.event) if p.event else -1 for p in website.pages])[page]
    places = [np.arange(len(row)), np.flatnonzero(named >= 0), np.flatnonzero(last)]
    names = [
        np.zeros(len(row), dtype=np.int64),
        named[named >= 0],
        np.full(len(counts), EVENT_NAMES.index("$pageleave")),
    ]
    instants = [opened, opened[places[1]], (opened + seconds)[last]]
    acted = np.zeros(len(counts), dtype=bool)
    for name, (flags, at) in acts.items():
        there = np.flatnonzero(flags)
        places.append(there)
        names.append(np.full(len(there), EVENT_NAMES.index(name)))
        instants.append(at[there])
        acted[row[there]] = True
    place, name_of, at = np.concatenate(places), np.concatenate(names), np.concatenate(instants)
    done = last & (aims.signs_up | aims.asks_demo)[row]
    done_at = np.full(len(counts), -1, dtype=np.int64)
    done_at[row[done]] = late[done]
    return Browsing(
        number=number, start_at=start, end_at=start + length, pages=counts, landing=page[position == 0],
        pricing_views=np.bincount(row[pricing], minlength=len(counts)), acted=acted,
        signup_started=aims.signs_up | aims.abandons, done_at=done_at,
        event_visit=row[place], event_page=page[place], event_name=name_of,
        event_number=key[place] * _EVENT_ROOM + name_of, event_at_us=at * 1_000_000 + name_of * 1000,
    )  # fmt: skip
