"""A day's log of Meta Ads."""

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

_CAMPAIGN, _AD_SET, _STEP = 120_210_443_900_017, 120_210_551_700_029, 10_007


def records(company: Company, day: Day) -> dict[str, dict[str, Any]]:
    """The day's campaigns and ad sets that changed, and the day's insights."""
    changed = sorted(changed_campaigns(company, day, Platform.FACEBOOK_ADS, " - "), key=lambda c: (c.updated_at, c.row))
    logs: dict[str, dict[str, Any]] = {}
    if changed:
        logs["campaigns"] = _campaigns(changed)
        logs["ad_sets"] = _ad_sets(groups_of(company, changed))
    done = performance(company, day, Platform.FACEBOOK_ADS)
    if done is not None:
        date = np.full(len(done["clicks"]), day.number)
        logs["insights"] = {
            "date_start": date,
            "date_stop": date,
            "campaign_id": [str(_CAMPAIGN + _STEP * c) for c in done["campaign"].tolist()],
            "adset_id": [str(_AD_SET + _STEP * g) for g in done["ad_group"].tolist()],
            "impressions": [str(n) for n in done["impressions"].tolist()],
            "clicks": [str(n) for n in done["clicks"].tolist()],
            "spend": decimal(done["cost_minor"]),
            "actions": [
                f'[{{"action_type":"link_click","value":"{n}"}},{{"action_type":"lead","value":"{c}"}}]'
                for n, c in zip(done["clicks"].tolist(), done["conversions"].tolist(), strict=True)
            ],
        }
    return logs


def _campaigns(changed: list[Campaign]) -> dict[str, Any]:
    begins = np.array([day_micros(c.begin_day) for c in changed])
    return {
        "id": [str(_CAMPAIGN + _STEP * c.row) for c in changed],
        "account_id": ["act_907155120"] * len(changed),
        "name": [c.name for c in changed],
        "status": ["ARCHIVED" if c.is_over else "ACTIVE" for c in changed],
        "objective": ["OUTCOME_LEADS" if "Prospecting" in c.name else "OUTCOME_TRAFFIC" for c in changed],
        "daily_budget": [str(c.budget_minor) for c in changed],
        "start_time": begins,
        "stop_time": np.array([day_micros(c.end_day + 1) for c in changed]),
        "created_time": begins,
        "updated_time": np.array([micros(c.updated_at) for c in changed]),
    }


def _ad_sets(groups: list[AdGroup]) -> dict[str, Any]:
    return {
        "id": [str(_AD_SET + _STEP * g.row) for g in groups],
        "campaign_id": [str(_CAMPAIGN + _STEP * g.campaign.row) for g in groups],
        "name": [g.name for g in groups],
        "effective_status": ["CAMPAIGN_PAUSED" if g.campaign.is_over else "ACTIVE" for g in groups],
        "url_tags": [
            g.campaign.tag
            and f"utm_source={g.campaign.source}&utm_medium={g.campaign.medium}&utm_campaign={g.campaign.tag}"
            for g in groups
        ],
        "updated_time": np.array([micros(g.campaign.updated_at) for g in groups]),
    }
