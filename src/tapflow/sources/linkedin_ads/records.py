"""A day's log of LinkedIn Ads."""

from __future__ import annotations

from typing import Any

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing.state import Platform
from tapflow.sources.ad_platforms import (
    AdGroup,
    Campaign,
    changed_campaigns,
    day_micros,
    decimal,
    groups_of,
    micros,
    performance,
)

_GROUP, _CAMPAIGN, _STEP = 671_004_213, 312_550_108, 1_013
_GROUP_URN, _CAMPAIGN_URN = "urn:li:sponsoredCampaignGroup:", "urn:li:sponsoredCampaign:"


def records(company: Company, day: Day) -> dict[str, dict[str, Any]]:
    """The day's campaign groups and campaigns that changed, and the day's analytics."""
    changed = sorted(changed_campaigns(company, day, Platform.LINKEDIN_ADS, "_"), key=lambda c: (c.updated_at, c.row))
    logs: dict[str, dict[str, Any]] = {}
    if changed:
        logs["campaign_groups"] = _groups(changed)
        logs["campaigns"] = _campaigns(groups_of(company, changed))
    done = performance(company, day, Platform.LINKEDIN_ADS)
    if done is not None:
        logs["ad_analytics"] = {
            "dateRange": np.full(len(done["clicks"]), day.number),
            "pivotValues": [f"{_CAMPAIGN_URN}{_CAMPAIGN + _STEP * g}" for g in done["ad_group"].tolist()],
            "campaignGroup": [f"{_GROUP_URN}{_GROUP + _STEP * c}" for c in done["campaign"].tolist()],
            "impressions": done["impressions"],
            "clicks": done["clicks"],
            "costInUsd": decimal(done["cost_minor"]),
            "externalWebsiteConversions": done["conversions"],
        }
    return logs


def _status(campaign: Campaign) -> str:
    return "COMPLETED" if campaign.is_over else "ACTIVE"


def _groups(changed: list[Campaign]) -> dict[str, Any]:
    budgets = decimal(np.array([c.budget_minor for c in changed]))
    return {
        "id": [_GROUP + _STEP * c.row for c in changed],
        "account": ["urn:li:sponsoredAccount:508831902"] * len(changed),
        "name": [c.name.replace(" ", "_") for c in changed],
        "status": [_status(c) for c in changed],
        "dailyBudget": [f'{{"amount":"{b}","currencyCode":"USD"}}' for b in budgets],
        "runSchedule": [
            f'{{"start":{day_micros(c.begin_day) // 1000},"end":{day_micros(c.end_day + 1) // 1000}}}' for c in changed
        ],
        "created": np.array([day_micros(c.begin_day) for c in changed]),
        "lastModified": np.array([micros(c.updated_at) for c in changed]),
    }


def _campaigns(groups: list[AdGroup]) -> dict[str, Any]:
    return {
        "id": [_CAMPAIGN + _STEP * g.row for g in groups],
        "campaignGroup": [f"{_GROUP_URN}{_GROUP + _STEP * g.campaign.row}" for g in groups],
        "name": [g.name for g in groups],
        "status": [_status(g.campaign) for g in groups],
        "costType": ["CPC"] * len(groups),
        "lastModified": np.array([micros(g.campaign.updated_at) for g in groups]),
    }
