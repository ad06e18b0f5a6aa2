"""Figures about engineering: work done, changes released, requests answered."""

from __future__ import annotations

from collections.abc import Mapping

from tapflow.quality.figure import Figure

_TEAM = {"team": ("team", "team")}


def _figure(
    name: str,
    title: str,
    published: tuple[str, str, str],
    truth: tuple[str, str, str],
    kind: str = "flow",
    unit: str = "count",
    dims: Mapping[str, tuple[str, str]] | None = None,
) -> Figure:
    """A figure of one value over one table; each side is (table and condition, instant, value)."""
    sides = [
        f"select $period({at}) as period, $dim as dim, {value} as value from {where} group by 1, 2"
        for where, at, value in (published, truth)
    ]
    return Figure(name, title, "engineering", unit, kind, sides[0], sides[1], dims=dims or {})


_LEAD = "fact.fact_pull_requests where released_at is not null"
_OPEN_TRUTH = """
    select $period(day) as period, $dim as dim, sum(sum(step)) over (order by day) as value
    from (
        select cast(issue.at as date) as day, case when kind = 'created' then 1 else -1 end as step
        from truth.issue as issue where type = 'request'
        union all
        select distinct day, 0 as step from truth.user_day
    ) group by day
"""
_OPEN_PUBLISHED = """
    select $period(day) as period, $dim as dim, sum(sum(step)) over (order by day) as value
    from (
        select cast(requested_at as date) as day, 1 as step from fact.fact_feature_requests
        union all
        select cast(shipped_at as date) as day, -1 as step from fact.fact_feature_requests where shipped_at is not null
        union all
        select distinct day, 0 as step from entity.entity_users_daily
    ) group by day
"""

FIGURES: tuple[Figure, ...] = (
    _figure(
        "story_points_done",
        "Story points done",
        ("fact.fact_issues where is_done", "resolved_at", "coalesce(sum(story_points), 0)"),
        ("truth.issue where kind = 'done' and type <> 'request'", "at", "sum(points)"),
        unit="points",
    ),
    _figure(
        "issues_done",
        "Issues done, feature requests left out",
        ("fact.fact_issues where is_done", "resolved_at", "count(*)"),
        ("truth.issue where kind = 'done' and type <> 'request'", "at", "count(*)"),
    ),
    _figure(
        "bugs_reported",
        "Bugs reported",
        ("fact.fact_issues where issue_type = 'Bug'", "created_at", "count(*)"),
        ("truth.issue where kind = 'created' and type = 'bug'", "at", "count(*)"),
    ),
    _figure(
        "pull_requests_opened",
        "Pull requests opened",
        ("fact.fact_pull_requests where true", "opened_at", "count(*)"),
        ("truth.pull_request where kind = 'opened'", "at", "count(*)"),
        dims=_TEAM,
    ),
    _figure(
        "pull_requests_merged",
        "Pull requests merged",
        ("fact.fact_pull_requests where is_merged", "merged_at", "count(*)"),
        ("truth.pull_request where kind = 'merged'", "at", "count(*)"),
        dims=_TEAM,
    ),
    _figure(
        "deployments",
        "Releases deployed",
        ("fact.fact_deployments where true", "deployed_at", "count(*)"),
        ("truth.release where true", "at", "count(*)"),
        dims={"service": ("service", "service")},
    ),
    _figure(
        "failed_changes",
        "Releases that broke something",
        ("fact.fact_deployments where is_failed", "deployed_at", "count(*)"),
        ("truth.release where is_bad", "at", "count(*)"),
        dims={"service": ("service", "service")},
    ),
    _figure(
        "lead_time_for_changes_hours",
        "Median hours from first commit to release",
        (_LEAD, "released_at", "median(lead_time_hours)"),
        (
            "truth.released_change where true",
            "released_at",
            "median((epoch(released_at) - epoch(first_commit_at)) / 3600)",
        ),
        kind="own",
        unit="hours",
        dims=_TEAM,
    ),
    _figure(
        "feature_requests_received",
        "Feature requests received",
        ("fact.fact_feature_requests where true", "requested_at", "count(*)"),
        ("truth.issue where kind = 'created' and type = 'request'", "at", "count(*)"),
        dims={"theme": ("theme", "theme")},
    ),
    _figure(
        "feature_requests_shipped",
        "Feature requests shipped",
        ("fact.fact_feature_requests where shipped_at is not null", "shipped_at", "count(*)"),
        ("truth.issue where kind = 'done' and type = 'request'", "at", "count(*)"),
        dims={"theme": ("theme", "theme")},
    ),
    Figure(
        "feature_requests_open",
        "Feature requests neither shipped nor declined",
        "engineering",
        "count",
        "stock",
        _OPEN_PUBLISHED,
        _OPEN_TRUTH,
    ),
)
