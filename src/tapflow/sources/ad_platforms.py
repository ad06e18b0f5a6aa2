"""What the three advertising platforms share: which campaigns and ad groups changed, and how ads did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing.campaigns import key_of, platforms
from tapflow.business.marketing.state import Marketing, Platform
from tapflow.core.clock import SECONDS_PER_DAY, day_date

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Campaign:
    """A campaign as its platform would tell of it."""

    row: int
    name: str
    tag: str | None  # of its links; none when somebody forgot
    source: str
    medium: str
    begin_day: int
    end_day: int
    budget_minor: int
    updated_at: int
    is_over: bool


@dataclass(frozen=True)
class AdGroup:
    """An ad group of a campaign."""

    row: int
    name: str
    campaign: Campaign


def changed_campaigns(company: Company, day: Day, platform: Platform, joiner: str) -> list[Campaign]:
    """The platform's campaigns that changed today; `joiner` sits between a name's template and its date."""
    fact = day.fact("campaign_changed")
    memory = company.part(Marketing)
    if fact is None:
        return []
    rows = np.unique(fact["campaign"])
    rows = rows[platforms(company)[memory.campaigns.template[rows]] == platform]
    return [_campaign(company, memory, day, int(row), joiner) for row in rows]


def _campaign(company: Company, memory: Marketing, day: Day, row: int, joiner: str) -> Campaign:
    table, parameters = memory.campaigns, company.scenario.marketing
    number, begin = int(table.template[row]), int(table.begin_day[row])
    template = parameters.campaigns[number]
    return Campaign(
        row=row,
        name=f"{template.name}{joiner}{day_date(begin):%d %b %Y}",
        tag=None if table.untagged[row] else key_of(parameters, number, begin),
        source=template.source,
        medium=template.medium,
        begin_day=begin,
        end_day=int(table.end_day[row]),
        budget_minor=int(table.budget_minor[row]),
        updated_at=int(table.updated_at[row]),
        is_over=int(table.end_day[row]) < day.number,
    )


def groups_of(company: Company, campaigns: list[Campaign]) -> list[AdGroup]:
    """The ad groups of campaigns."""
    memory = company.part(Marketing)
    out = []
    for campaign in campaigns:
        names = company.scenario.marketing.campaigns[int(memory.campaigns.template[campaign.row])].groups
        rows = np.flatnonzero(memory.ad_groups.campaign == campaign.row)
        out += [AdGroup(int(row), names[int(memory.ad_groups.place[row])], campaign) for row in rows]
    return out


def performance(company: Company, day: Day, platform: Platform) -> dict[str, Ints] | None:
    """The day's delivery by ad group on a platform, or None: campaign, ad_group, impressions, clicks, cost_minor,
    conversions."""
    fact: dict[str, NDArray[Any]] | None = day.fact("ad_performance")
    if fact is None:
        return None
    template = company.part(Marketing).campaigns.template[fact["campaign"]]
    rows = np.flatnonzero(platforms(company)[template] == platform)
    return {name: values[rows] for name, values in fact.items()} if len(rows) else None


def micros(seconds: int) -> int:
    """An instant in the unit of logs."""
    return seconds * 1_000_000


def day_micros(day: int) -> int:
    """A day's first instant in the unit of logs."""
    return micros(day * SECONDS_PER_DAY)


def decimal(minor: Ints) -> list[str]:
    """Cents as the platforms' decimal texts, such as `12.50`."""
    return [f"{m // 100}.{m % 100:02d}" for m in minor.tolist()]
