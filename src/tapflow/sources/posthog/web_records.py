"""The website's events as PostHog caught them; visitors with an ad blocker are not among them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Columns, Day
from tapflow.business.marketing.browsing import EVENT_NAMES
from tapflow.business.marketing.campaigns import campaign_keys
from tapflow.business.marketing.state import Marketing, TouchKind
from tapflow.business.marketing.visits import blocked, browsers, devices
from tapflow.sources.app.ids import key
from tapflow.sources.posthog.columns import Coded, Events, coded, each, instants, time_uuids, uuids

Ints = NDArray[np.int64]
SITE = "https://www.tapflow.example"
VISITOR, PERSON = "posthog/visitor", "posthog/person"
_SESSION_NUMBERS = 1 << 50  # keeps sessions' ids apart from events'
_DEVICES, _BROWSERS = ("Desktop", "Mobile", "Tablet"), ("Chrome", "Safari", "Microsoft Edge", "Firefox")
_REFERRERS = {
    "google": "www.google.com", "facebook": "www.facebook.com", "instagram": "www.instagram.com",
    "linkedin": "www.linkedin.com", "distributor": "www.distributor.example",
    "pos-marketplace": "marketplace.pos.example",
}  # fmt: skip
DIRECT = "$direct"
_TEXTS = ("Start free trial", "See pricing", "Watch the video", "Read more", "Book a demo", "Menu", "Next", "Learn how")
_SEARCHES = ("connect a tap", "keg sizes", "temperature alert", "pos integration", "invite team", "reports", "wifi")
_DETAILS: dict[str, tuple[str, ...]] = {
    "$autocapture": tuple(f'{{"$event_type":"click","$el_text":"{t}"}}' for t in _TEXTS),
    "documentation_searched": tuple(f'{{"query":"{q}"}}' for q in _SEARCHES),
    "pricing_calculator_used": tuple(f'{{"taps":{n}}}' for n in (2, 3, 4, 6, 8, 12, 24)),
    "feature_video_played": tuple(f'{{"video":"{v}"}}' for v in ("waste", "temperature", "kegs", "reports")),
}


def events(company: Company, day: Day) -> list[Events]:
    """The day's website events that PostHog caught."""
    visits, facts = day.fact("web_visit"), day.fact("web_event")
    if visits is None or facts is None:
        return []
    seen = ~blocked(company, visits["visitor"])[facts["visit"]]
    rows = np.flatnonzero(seen)
    if len(rows) == 0:
        return []
    fact = {name: values[rows] for name, values in facts.items()}
    visit = fact["visit"]
    whole = {**_of_visits(company, visits), **_tags(company, visits)}
    columns = {name: column.of(visit) for name, column in whole.items()}
    paths = [page.path for page in company.scenario.marketing.website.pages]
    landing = (fact["page"] == visits["landing"][visit]) & (fact["at_us"] < (visits["start_at"][visit] + 1) * 1_000_000)
    columns |= {
        "uuid": each(time_uuids(fact["at_us"] // 1000, fact["number"])),
        "event": coded(EVENT_NAMES, fact["name"]),
        "timestamp": instants(fact["at_us"]),
        "pathname": coded(paths, fact["page"]),
        "current_url": _urls(company, visits, paths, visit, fact["page"], landing),
        "lib": coded(("web",), np.zeros(len(rows))),
        "account_id": _accounts(day, visits, fact),
        "properties": _properties(fact),
    }
    return [Events(len(rows), columns)]


def _of_visits(company: Company, visits: Columns) -> dict[str, Coded]:
    visitor = visits["visitor"]
    countries = [region.country for region in company.scenario.customers.regions]
    return {
        "distinct_id": each(uuids(VISITOR, visitor)),
        "person_id": each(uuids(PERSON, visitor)),
        "session_id": each(time_uuids(visits["start_at"] * 1000, _SESSION_NUMBERS + visits["number"])),
        "device_type": coded(_DEVICES, devices(company, visitor)),
        "browser": coded(_BROWSERS, browsers(company, visitor)),
        "country_code": coded(countries, visits["region"]),
    }


def tag_texts(company: Company) -> tuple[list[str], list[str], list[str]]:
    """Source, medium and referring domain of each campaign, by row; direct visits read the last entry."""
    templates = company.scenario.marketing.campaigns
    rows = company.part(Marketing).campaigns.template.tolist()
    sources = [templates[t].source for t in rows]
    return sources, [templates[t].medium for t in rows], [_REFERRERS.get(s, DIRECT) for s in sources] + [DIRECT]


def tagged(company: Company, visits: Columns) -> NDArray[np.bool_]:
    """Visits whose links carry tags: not direct, not found by search, not by an untagged campaign."""
    organic = np.array([m == "organic" for m in tag_texts(company)[1]] + [True])
    return np.asarray(~visits["untagged"] & (visits["campaign"] >= 0) & ~organic[visits["campaign"]])


def _tags(company: Company, visits: Columns) -> dict[str, Coded]:
    memory = company.part(Marketing)
    sources, media, referrers = tag_texts(company)
    campaign = np.where(tagged(company, visits), visits["campaign"], -1)
    came = np.where(visits["kind"] == TouchKind.DIRECT, len(referrers) - 1, visits["campaign"])
    return {
        "referring_domain": coded(referrers, np.where(came < 0, len(referrers) - 1, came)),
        "utm_source": coded(sources, campaign),
        "utm_medium": coded(media, campaign),
        "utm_campaign": coded(campaign_keys(company, memory).tolist(), campaign),
    }


def _urls(
    company: Company, visits: Columns, paths: list[str], visit: Ints, page: Ints, landing: NDArray[np.bool_]
) -> Coded:
    # A landing page's address carries the tags; the others are plain. Few distinct texts a day.
    memory = company.part(Marketing)
    campaign = np.where(tagged(company, visits), visits["campaign"], -1)[visit]
    code = np.where(landing, campaign + 1, 0) * len(paths) + page
    distinct, place = np.unique(code, return_inverse=True)
    keys, (sources, media, _) = campaign_keys(company, memory), tag_texts(company)
    texts = []
    for cell in distinct.tolist():
        row, path = cell // len(paths) - 1, paths[cell % len(paths)]
        tags = "" if row < 0 else f"?utm_source={sources[row]}&utm_medium={media[row]}&utm_campaign={keys[row]}"
        texts.append(f"{SITE}{path}{tags}")
    return coded(texts, place.astype(np.int64))


def _accounts(day: Day, visits: Columns, fact: Columns) -> Coded:
    # Who signed up is told to PostHog with the new account.
    signed = day.fact("signup")
    out = np.full(len(fact["visit"]), -1, dtype=np.int64)
    if signed is not None:
        order = np.argsort(signed["prospect"], kind="stable")
        rows = np.flatnonzero(fact["name"] == EVENT_NAMES.index("signup_completed"))
        visitor = visits["visitor"][fact["visit"][rows]]
        place = np.minimum(np.searchsorted(signed["prospect"][order], visitor), len(order) - 1)
        match = signed["prospect"][order][place] == visitor
        out[rows[match]] = signed["account"][order][place][match]
    told, place = np.unique(out, return_inverse=True)
    return coded(pa.array(key(told)).cast(pa.string()), np.where(out < 0, -1, place))


@lru_cache(maxsize=1)
def _details() -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    # All texts, and by event name where its texts begin and how many there are.
    texts, begin, count = ["{}"], [], []
    for name in EVENT_NAMES:
        own = _DETAILS.get(name, ())
        begin.append(len(texts) if own else 0)
        count.append(max(len(own), 1))
        texts.extend(own)
    return texts, np.array(begin, dtype=np.int64), np.array(count, dtype=np.int64)


def _properties(fact: Columns) -> Coded:
    texts, begin, count = _details()
    which = (fact["number"] // 16 * 7919) % count[fact["name"]]
    return coded(texts, (begin[fact["name"]] + which).astype(np.int64))
