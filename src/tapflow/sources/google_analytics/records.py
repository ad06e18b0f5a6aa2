"""A day's report of Google Analytics."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Columns, Day
from tapflow.business.marketing.state import Marketing, TouchKind
from tapflow.business.marketing.visits import devices, unseen_by_analytics

_DEVICES = ("desktop", "mobile", "tablet")
_GROUPS = {
    "cpc": "Paid Search", "paid_social": "Paid Social", "organic": "Organic Search", "email": "Email",
    "referral": "Referral", "partner": "Referral", "content": "Referral", "outbound": "Email", "event": "Unassigned",
}  # fmt: skip
_SHORTEST_ENGAGED_SECONDS = 10
_SEARCH_ENGINE, _UNTAGGED_REFERRERS = "google", ("facebook", "instagram", "linkedin", "distributor", "pos-marketplace")
_ROOM = 4  # devices, rounded up


def records(company: Company, day: Day) -> dict[str, dict[str, Any]]:
    """The day's sessions by dimensions; no object when nobody was counted."""
    visits = day.fact("web_visit")
    if visits is None:
        return {}
    seen = np.flatnonzero(~unseen_by_analytics(company, visits["visitor"]))
    if len(seen) == 0:
        return {}
    visits = {name: values[seen] for name, values in visits.items()}
    traffic = _traffic(company, visits)
    paths = [page.path for page in company.scenario.marketing.website.pages]
    names = sorted(set(traffic))
    code_of = {name: i for i, name in enumerate(names)}
    code = np.array([code_of[t] for t in traffic]) * len(paths) + visits["landing"]
    code = code * _ROOM + devices(company, visits["visitor"])
    cells, place = np.unique(code, return_inverse=True)
    seconds = visits["end_at"] - visits["start_at"]
    engaged = (seconds > _SHORTEST_ENGAGED_SECONDS) | (visits["pages"] > 1) | visits["done"]
    counted = {
        "sessions": np.bincount(place, minlength=len(cells)),
        "engagedSessions": np.bincount(place[engaged], minlength=len(cells)),
        "totalUsers": np.bincount(_first_in_cell(place, visits["visitor"]), minlength=len(cells)),
        "screenPageViews": np.bincount(place, weights=visits["pages"], minlength=len(cells)).astype(np.int64),
        "keyEvents": np.bincount(place[visits["done"]], minlength=len(cells)).astype(np.float64),
    }
    of_cell = [names[c] for c in (cells // _ROOM // len(paths)).tolist()]
    return {
        "sessions": {
            "date": np.full(len(cells), day.number),
            "sessionDefaultChannelGroup": [t[0] for t in of_cell],
            "sessionSource": [t[1] for t in of_cell],
            "sessionMedium": [t[2] for t in of_cell],
            "landingPage": [paths[p] for p in (cells // _ROOM % len(paths)).tolist()],
            "deviceCategory": [_DEVICES[d] for d in (cells % _ROOM).tolist()],
            **counted,
        }
    }


def _first_in_cell(place: NDArray[np.int64], visitor: NDArray[np.int64]) -> NDArray[np.int64]:
    # The cell of each distinct pair of cell and visitor.
    order = np.lexsort((visitor, place))
    cell, who = place[order], visitor[order]
    fresh = np.append(True, (cell[1:] != cell[:-1]) | (who[1:] != who[:-1]))
    return np.asarray(cell[fresh])


def _traffic(company: Company, visits: Columns) -> list[tuple[str, str, str]]:
    """Channel group, source and medium of each visit, as tags and referrers tell."""
    templates = company.scenario.marketing.campaigns
    rows = company.part(Marketing).campaigns.template.tolist()
    tagged = [(_GROUPS[templates[t].medium], templates[t].source, templates[t].medium) for t in rows]
    bare = [_untagged(templates[t].source) for t in rows]
    direct = ("Direct", "(direct)", "(none)")
    out = []
    for campaign, kind, lost in zip(
        visits["campaign"].tolist(), visits["kind"].tolist(), visits["untagged"].tolist(), strict=True
    ):
        plain = kind == TouchKind.DIRECT or campaign < 0
        out.append(direct if plain else bare[campaign] if lost else tagged[campaign])
    return out


def _untagged(source: str) -> tuple[str, str, str]:
    if source == _SEARCH_ENGINE:
        return ("Organic Search", source, "organic")
    if source in _UNTAGGED_REFERRERS:
        return ("Organic Social" if source in _UNTAGGED_REFERRERS[:3] else "Referral", source, "referral")
    return ("Direct", "(direct)", "(none)")
