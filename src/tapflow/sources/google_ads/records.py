"""A day's log of Google Ads."""

from __future__ import annotations

from typing import Any

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing.state import Platform
from tapflow.sources.ad_platforms import AdGroup, Campaign, changed_campaigns, groups_of, micros, performance

_CUSTOMER = 4_815_162_342
_CAMPAIGN, _AD_GROUP, _STEP = 20_318_004_177, 151_204_660_903, 7_919  # first numbers, and the step between


def records(company: Company, day: Day) -> dict[str, dict[str, Any]]:
    """The day's campaigns and ad groups that changed, and the day's performance."""
    changed = changed_campaigns(company, day, Platform.GOOGLE_ADS, " | ")
    logs: dict[str, dict[str, Any]] = {}
    if changed:
        logs["campaigns"] = _campaigns(changed)
        logs["ad_groups"] = _ad_groups(groups_of(company, changed))
    done = performance(company, day, Platform.GOOGLE_ADS)
    if done is not None:
        logs["ad_group_performance"] = {
            "segments_date": np.full(len(done["clicks"]), day.number),
            "campaign_id": _CAMPAIGN + _STEP * done["campaign"],
            "ad_group_id": _AD_GROUP + _STEP * done["ad_group"],
            "metrics_impressions": done["impressions"],
            "metrics_clicks": done["clicks"],
            "metrics_cost_micros": 10_000 * done["cost_minor"],
            "metrics_conversions": done["conversions"].astype(np.float64),
        }
    return logs


def _campaigns(changed: list[Campaign]) -> dict[str, Any]:
    changed = sorted(changed, key=lambda c: (c.updated_at, c.row))
    numbers = [_CAMPAIGN + _STEP * c.row for c in changed]
    return {
        "id": numbers,
        "resource_name": [f"customers/{_CUSTOMER}/campaigns/{n}" for n in numbers],
        "name": [c.name for c in changed],
        "status": ["PAUSED" if c.is_over else "ENABLED" for c in changed],
        "advertising_channel_type": ["SEARCH"] * len(changed),
        "start_date": np.array([c.begin_day for c in changed]),
        "end_date": np.array([c.end_day for c in changed]),
        "budget_amount_micros": [10_000 * c.budget_minor for c in changed],
        "final_url_suffix": [
            c.tag and f"utm_source={c.source}&utm_medium={c.medium}&utm_campaign={c.tag}" for c in changed
        ],
        "last_change_date_time": np.array([micros(c.updated_at) for c in changed]),
    }


def _ad_groups(groups: list[AdGroup]) -> dict[str, Any]:
    groups = sorted(groups, key=lambda g: (g.campaign.updated_at, g.row))
    return {
        "id": [_AD_GROUP + _STEP * g.row for g in groups],
        "campaign_id": [_CAMPAIGN + _STEP * g.campaign.row for g in groups],
        "name": [g.name for g in groups],
        "status": ["PAUSED" if g.campaign.is_over else "ENABLED" for g in groups],
        "last_change_date_time": np.array([micros(g.campaign.updated_at) for g in groups]),
    }
