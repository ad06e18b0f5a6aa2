"""Campaigns and their advertising: budgets, impressions, clicks and what they cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.marketing.parameters import KINDS, CampaignTemplate, MarketingParameters
from tapflow.business.marketing.state import PLATFORM_KEYS, Marketing
from tapflow.business.mess import tell_mess
from tapflow.core.clock import SECONDS_PER_DAY, DayNumber, day_date
from tapflow.core.money import round_minor

Ints = NDArray[np.int64]
BEGUN, REBUDGETED, ENDED = 0, 1, 2  # kinds of change of a campaign


@dataclass(frozen=True)
class AdDay:
    """A day's advertising, one row an ad group: counts, and the day's price of a click in minor units."""

    ad_group: Ints
    campaign: Ints
    clicks: Ints  # by people who were not in the pool
    cpc_minor: Ints
    click_rate: NDArray[np.float64]
    idle_impressions: Ints  # shown where nobody clicked at all


def cycle_of(number: int, template: CampaignTemplate, day: DayNumber) -> int:
    """Which cycle of a template runs on a day; templates do not all turn on the same day."""
    return (day + 11 * number) // template.cycle_days


def key_of(parameters: MarketingParameters, template: int, begin_day: int) -> str:
    """A campaign's tag, such as `search-brand-2026-03`."""
    return f"{parameters.campaigns[template].key}-{day_date(begin_day).isoformat()}"


def name_of(parameters: MarketingParameters, template: int, begin_day: int) -> str:
    """A campaign's name, such as `Search Brand Mar 2026`."""
    return f"{parameters.campaigns[template].name} {day_date(begin_day):%d %b %Y}"


def begin_cycles(company: Company, memory: Marketing, day: Day) -> None:
    """Begin the campaigns whose cycle begins, end those that ended, set budgets anew each month."""
    parameters = company.scenario.marketing
    known = {(int(t), int(c)) for t, c in zip(memory.campaigns.template, memory.campaigns.cycle, strict=True)}
    for number, template in enumerate(parameters.campaigns):
        cycle = cycle_of(number, template, day.number)
        if (number, cycle) not in known:
            _begin(company, memory, day, number, cycle)
    table = memory.campaigns
    ended = np.flatnonzero(table.end_day == day.number - 1)
    table.updated_at[ended] = day.start_seconds
    day.emit("campaign_changed", campaign=ended, at=day.start_seconds, kind=ENDED)
    if day_date(day.number).day == 1:
        going = np.flatnonzero(
            (table.end_day >= day.number) & (table.begin_day < day.number) & (table.budget_minor > 0)
        )
        _set_budgets(company, memory, going, day.number)
        table.updated_at[going] = day.start_seconds + 9 * 3600
        day.emit("campaign_changed", campaign=going, at=day.start_seconds + 9 * 3600, kind=REBUDGETED)


def _begin(company: Company, memory: Marketing, day: Day, number: int, cycle: int) -> None:
    parameters = company.scenario.marketing
    template = parameters.campaigns[number]
    begin = cycle * template.cycle_days - 11 * number
    lot = number * 100_000 + cycle
    row = memory.campaigns.append(
        1,
        template=number,
        cycle=cycle,
        begin_day=begin,
        end_day=begin + template.cycle_days - 1,
        untagged=company.lasting().happens("marketing/untagged", lot, parameters.mess.untagged_campaigns),
        updated_at=begin * SECONDS_PER_DAY,
    )
    memory.ad_groups.append(len(template.groups), campaign=row[0], place=np.arange(len(template.groups)))
    _set_budgets(company, memory, row, max(begin, day.number))
    day.emit("campaign_changed", campaign=row, at=begin * SECONDS_PER_DAY, kind=BEGUN)
    tell_untagged(company, memory, day, row)


def tell_untagged(company: Company, memory: Marketing, day: Day, rows: Ints) -> None:
    """Tell the ledger which of the campaigns have links without tags."""
    untagged = rows[memory.campaigns.untagged[rows]]
    tell_mess(day, "untagged_campaign", "posthog", campaign_keys(company, memory)[untagged], -1, 1.0)


def _set_budgets(company: Company, memory: Marketing, rows: Ints, day: DayNumber) -> None:
    parameters = company.scenario.marketing
    plan = np.array([t.budget_usd for t in parameters.campaigns])[memory.campaigns.template[rows]]
    month = day_date(day).year * 12 + day_date(day).month
    noise = company.lasting().lognormal("marketing/budget", rows * 100_000 + month, 1.0, parameters.budget_sigma)
    thousands = company.scenario.size.accounts / 1000
    memory.campaigns.budget_minor[rows] = round_minor(100 * plan * thousands * noise)


def advertise(company: Company, memory: Marketing, day: Day, cost_factor: NDArray[np.float64]) -> AdDay:
    """What today's budgets buy. `cost_factor` by channel multiplies the price of a click."""
    parameters, campaigns = company.scenario.marketing, memory.campaigns
    groups = memory.ad_groups
    going = (campaigns.begin_day <= day.number) & (campaigns.end_day >= day.number) & (campaigns.budget_minor > 0)
    rows = np.flatnonzero(going[groups.campaign])
    campaign = groups.campaign[rows]
    template = campaigns.template[campaign]
    sharing = np.bincount(campaign, minlength=len(campaigns))[campaign]
    channel = np.array([KINDS.index(t.channel) for t in parameters.campaigns])[template]
    cpc_usd = np.array([t.cpc_usd for t in parameters.campaigns])[template] * cost_factor[channel]
    cpc = round_minor(100 * day.chance.lognormal("marketing/cpc", rows, cpc_usd, parameters.cost_sigma))
    budget = campaigns.budget_minor[campaign] / sharing
    demand = demand_factor(company, day.number)
    clicks = day.chance.poisson("marketing/clicks", rows, demand * budget / np.maximum(cpc, 1))
    rate = np.array([t.ctr for t in parameters.campaigns])[template]
    rate = np.minimum(day.chance.lognormal("marketing/ctr", rows, rate, parameters.rate_sigma), 1.0)
    idle = day.chance.poisson("marketing/idle", rows, 0.5 / rate)
    return AdDay(rows, campaign, clicks, cpc, rate, idle)


def demand_factor(company: Company, day: DayNumber) -> float:
    """Demand of a day against an average one: weekday, month and growth."""
    parameters, date = company.scenario.marketing, day_date(day)
    growth = (1 + parameters.growth_per_year) ** ((day - company.first_day) / 365.25)
    return float(parameters.weekday[date.weekday()] * parameters.season[date.month - 1] * growth)


def running(company: Company, memory: Marketing, day: DayNumber, kind: int) -> Ints:
    """The campaigns of a kind of touch that run on a day; every kind but `direct` has one or more."""
    parameters, campaigns = company.scenario.marketing, memory.campaigns
    of_kind = np.array([KINDS.index(t.channel) == kind for t in parameters.campaigns])
    return np.flatnonzero(of_kind[campaigns.template] & (campaigns.begin_day <= day) & (campaigns.end_day >= day))


def report(company: Company, memory: Marketing, day: Day, ads: AdDay, clicks: Ints, conversions: Ints) -> None:
    """Emit and tell the day's advertising. `clicks` and `conversions` are by row of `ads`, all clicks together."""
    cost = clicks * ads.cpc_minor
    shown = np.maximum(round_minor(clicks / ads.click_rate), clicks)
    impressions = np.where(clicks > 0, shown, ads.idle_impressions)
    parameters = company.scenario.marketing
    template = memory.campaigns.template[ads.campaign]
    channel = np.array([KINDS.index(t.channel) for t in parameters.campaigns])[template]
    day.emit(
        "ad_performance", ad_group=ads.ad_group, campaign=ads.campaign, impressions=impressions, clicks=clicks,
        cost_minor=cost, conversions=conversions,
    )  # fmt: skip
    day.emit("ad_spend", channel=channel, campaign=ads.campaign, amount_usd_minor=cost)
    keys = campaign_keys(company, memory)
    day.tell(
        "ad_performance",
        day=day.number,
        campaign=keys[ads.campaign],
        ad_group=ads.ad_group,
        platform=np.array([t.platform for t in parameters.campaigns], dtype=object)[template],
        channel=np.array(KINDS, dtype=object)[channel],
        impressions=impressions,
        clicks=clicks,
        cost_usd_minor=cost,
        conversions=conversions,
    )


def campaign_keys(company: Company, memory: Marketing) -> NDArray[np.object_]:
    """The tags of all campaigns, by row."""
    parameters, table = company.scenario.marketing, memory.campaigns
    pairs = zip(table.template.tolist(), table.begin_day.tolist(), strict=True)
    return np.array([key_of(parameters, t, b) for t, b in pairs], dtype=object)


def platforms(company: Company) -> Ints:
    """The platform of each template."""
    return np.array([PLATFORM_KEYS.index(t.platform) for t in company.scenario.marketing.campaigns])
