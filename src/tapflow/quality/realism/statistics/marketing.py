"""Search advertising, from the platform's own report and the CRM's leads."""

from __future__ import annotations

from tapflow.business.scenario.load import load_scenario
from tapflow.quality.realism.noise import ratio, share
from tapflow.quality.realism.statistic import Overrides, Statistic


def _campaigns(key: str, factor: float) -> Overrides:
    """Every campaign's number multiplied: the shipped list with one column wrong."""
    shipped = load_scenario("tiny").model_dump(mode="json")["marketing"]["campaigns"]
    return {"marketing": {"campaigns": [{**c, key: c[key] * factor} for c in shipped]}}


_ADS = "log.google_ads__ad_group_performance"

STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        "search_ctr", "Search ads: click-through rate", "of impressions", 0.05, 0.08, "WordStream 2025",
        f"select sum(metrics_clicks), sum(metrics_impressions) from {_ADS}",
        _campaigns("ctr", 5), share(clustering=10),  # impressions of a day share its luck
    ),
    Statistic(
        "search_cpc", "Search ads: cost per click", "USD", 4.0, 7.0, "WordStream 2025",
        f"select sum(metrics_cost_micros) / 1e6, sum(metrics_clicks) from {_ADS}",
        _campaigns("cpc_usd", 3), ratio(0.3, clustering=10),
    ),
    Statistic(
        "search_conversion", "Search ads: conversion rate", "of clicks", 0.05, 0.09, "WordStream 2025",
        f"select sum(metrics_conversions), sum(metrics_clicks) from {_ADS}",
        {"marketing": {"prospects": {"base_hazard": 0.0001}}}, share(),
    ),
    Statistic(
        "search_cost_per_lead", "Search ads: cost per lead", "USD", 55, 90, "WordStream 2025",
        f"select sum(metrics_cost_micros) / 1e6, sum(metrics_conversions) from {_ADS}",
        {"marketing": {"prospects": {"base_hazard": 0.0001}}}, ratio(1.0),
    ),
)  # fmt: skip
