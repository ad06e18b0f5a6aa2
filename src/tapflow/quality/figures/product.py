"""Figures about product use.

What ad blockers keep from the trackers, and what phones without a network had not sent when the
version's last day ended, is missing honestly, and explained.
"""

from __future__ import annotations

from collections.abc import Mapping

from tapflow.quality.figure import Figure

_ROLE = (
    "coalesce(user_role, 'none')",
    "case when account = -1 then 'none' else ['owner', 'manager', 'bartender', 'analyst'][role + 1] end",
)
_OURS, REAL = "not is_internal", "not is_test"
# The version's last day: what arrives later is not in it.
LAST_DAY = "(select max(day) from entity.entity_customers_daily)"
_SEEN = f"(tracked and arrived_on <= {LAST_DAY})"
# An activation is seen when each step was, on any day on which it was done in time.
_STEPS_SEEN = f"""(tracked and "user" in (
    select "user" from truth.activation_step where arrived_on <= {LAST_DAY}
    group by "user" having count(distinct step) = 3
))"""


def _counted(
    name: str,
    title: str,
    published: tuple[str, str, str],
    truth: tuple[str, str, str],
    kind: str = "flow",
    dims: Mapping[str, tuple[str, str]] | None = None,
    seen: str | None = _SEEN,
    unit: str = "count",
) -> Figure:
    """A figure of one value over one table; each side is (table and condition, date, value).

    `seen` is the condition of the truth's rows that the trackers hold; None where all are.
    """
    where, at, value = truth
    told = f"select $period({at}) as period, $dim as dim, {value} as value from {where}"
    return Figure(
        name=name,
        title=title,
        domain="product",
        unit=unit,
        kind=kind,
        published=f"select $period({published[1]}) as period, $dim as dim, {published[2]} as value "
        f"from {published[0]} group by 1, 2",
        truth=f"{told} group by 1, 2",
        explained=told.replace(f" {value} as value", f" -({value}) as value") + f" and not {seen} group by 1, 2"
        if seen
        else None,
        dims=dims or {},
    )


def _standing(name: str, title: str, condition: str, since: str, until: str) -> Figure:
    """People for whom a condition over their active days holds, day by day.

    `since` and `until` bound the days on which an active day makes it hold; `until` may speak of
    the next active day, `next_day`, and of the ninth active day before, `tenth_day`. No active
    day matters for longer than 28 days, nor with those before it for longer than 70.
    """
    return Figure(
        name=name,
        title=title,
        domain="product",
        unit="count",
        kind="stock",
        published=f"select $period(day) as period, $dim as dim, count(*) as value from entity.entity_users_daily "
        f"where {condition} and {_OURS} group by 1, 2",
        truth=_spans(since, until, REAL),
        explained=difference(_spans(since, until, f"{REAL} and {_SEEN}"), _spans(since, until, REAL)),
    )


def _standing_of_features() -> Figure:
    """Monthly active users as each feature's row tells them: what its adoption is a share of."""
    mau = _standing("", "", "true", "day", "least(next_day, day + interval '28' day)")
    return Figure(
        name="feature_base_users",
        title="Monthly active users, as features are held against them",
        domain="product",
        unit="count",
        kind="stock",
        published="select $period(day) as period, $dim as dim, max(monthly_active_users) as value "
        "from entity.entity_features_daily group by 1, 2",
        truth=mau.truth,
        explained=mau.explained,
    )


def difference(one: str, other: str) -> str:
    """A query of period, dim and value less another one."""
    return (
        "select period, dim, sum(value) as value from "
        f"(select * from ({one}) union all select period, dim, -value from ({other})) group by 1, 2"
    )


def _spans(since: str, until: str, among: str) -> str:
    return f"""
        with active as (
            select user, day, lead(day) over (partition by user order by day) as next_day,
                lag(day, 9) over (partition by user order by day) as tenth_day
            from truth.user_day where {among} and day >= $from - interval 70 day
        ),
        spans as (
            select {since} as from_day, cast({until} as date) as to_day from active
        ),
        steps as (
            select from_day as day, 1 as step from spans where to_day > from_day
            union all
            select to_day as day, -1 as step from spans where to_day > from_day
        ),
        days as (
            select cast(unnest(generate_series(min(day), max(day), interval '1' day)) as date) as day
            from truth.user_day where day >= $from - interval 70 day
        ),
        changes as (
            select days.day, coalesce(sum(steps.step), 0) as step
            from days left join steps on days.day = steps.day group by days.day
        )
        select $period(day) as period, $dim as dim, sum(step) over (order by day) as value from changes
    """


def _blurred(name: str, title: str, unit: str, published: str, value: str, table: str) -> Figure:
    """A median or ratio: what trackers miss moves it, by the difference between those seen and all.

    `value` writes $seen after each of its aggregates: there the filter of those seen goes.
    """
    rows = f"from {table} where {REAL} group by 1, 2"
    whole, seen = value.replace("$seen", ""), value.replace("$seen", f" filter (where {_SEEN})")
    return Figure(
        name=name,
        title=title,
        domain="product",
        unit=unit,
        kind="own",
        published=f"select $period(activity_date) as period, $dim as dim, {published} as value "
        f"from {_SESSIONS} group by 1, 2",
        truth=f"select $period(day) as period, $dim as dim, {whole} as value {rows}",
        explained=f"select $period(day) as period, $dim as dim, {seen} - {whole} as value {rows}",
    )


_SESSIONS = f"fact.fact_app_sessions where {_OURS}"
_USES = f"fact.fact_feature_usage where {_OURS}"
_IN_HISTORY = "created_at >= (select min(day) from entity.entity_users_daily)"
_CONVERSIONS = """(
    select goal.experiment, goal.variant, goal.at, goal.tracked,
        greatest(goal.arrived_on, seen.arrived_on) as arrived_on
    from truth.experiment as goal
    join truth.experiment as seen using (experiment, user)
    join truth.experiment_design as design using (experiment)
    where goal.kind = 'conversion' and seen.kind = 'exposure'
        and epoch(goal.at) - epoch(seen.at) < 86400 * design.window_days
) where true"""
_VARIANT = {"variant": ("variant", "variant"), "experiment": ("experiment_key", "experiment")}

FIGURES: tuple[Figure, ...] = (
    _counted(
        "dau",
        "Daily active users",
        (f"entity.entity_users_daily where is_active and {_OURS}", "day", "count(*)"),
        (f"truth.user_day where {REAL}", "day", "count(*)"),
        kind="stock",
        dims={"user_role": _ROLE},
    ),
    _standing("wau", "Weekly active users", "active_days_7d > 0", "day", "least(next_day, day + interval '7' day)"),
    _standing("mau", "Monthly active users (28 days)", "true", "day", "least(next_day, day + interval '28' day)"),
    _standing(
        "power_users",
        "People active on ten or more of 28 days",
        "is_power_user",
        "day",
        "case when tenth_day is not null then least(next_day, tenth_day + interval '28' day) end",
    ),
    _counted(
        "app_sessions",
        "Sessions in the app",
        (_SESSIONS, "activity_date", "count(*)"),
        (f"truth.app_session where {REAL}", "day", "count(*)"),
        dims={"platform": ("platform", "case when is_mobile then 'mobile' else 'web' end")},
    ),
    _counted(
        "app_events",
        "Events in the app",
        (_SESSIONS, "activity_date", "sum(events)"),
        (f"truth.user_day where {REAL}", "day", "sum(events)"),
        dims={"user_role": _ROLE},
    ),
    _counted(
        "app_session_seconds",
        "Time in the app",
        (_SESSIONS, "activity_date", "sum(session_seconds)"),
        (f"truth.app_session where {REAL}", "day", "sum(seconds)"),
        unit="seconds",
    ),
    _blurred(
        "app_session_minutes",
        "Median length of a session",
        "minutes",
        "median(session_seconds) / 60.0",
        "median(seconds)$seen / 60.0",
        "truth.app_session",
    ),
    _blurred(
        "app_error_rate",
        "Share of events that are errors",
        "ratio",
        "sum(error_events) / sum(events)",
        "sum(errors)$seen / sum(events)$seen",
        "truth.user_day",
    ),
    _counted(
        "feature_events",
        "Uses of features",
        (_USES, "activity_date", "sum(uses)"),
        ("truth.feature_day where true", "day", "sum(events)"),
        dims={"feature": ("feature_key", "feature")},
    ),
    _counted(
        "feature_users",
        "People who used a feature on a day, summed over features",
        (_USES, "activity_date", "count(*)"),
        ("truth.feature_day where true", "day", "sum(users)"),
        dims={"feature": ("feature_key", "feature")},
    ),
    _counted(
        "feature_daily_events",
        "Uses of features, feature by feature",
        ("entity.entity_features_daily", "day", "sum(feature_events)"),
        ("truth.feature_day where true", "day", "sum(events)"),
        dims={"feature": ("feature_key", "feature")},
    ),
    _counted(
        "feature_daily_users",
        "People who used a feature on a day, feature by feature",
        ("entity.entity_features_daily", "day", "sum(users)"),
        ("truth.feature_day where true", "day", "sum(users)"),
        dims={"feature": ("feature_key", "feature")},
    ),
    _standing_of_features(),
    _counted(
        "new_users",
        "People who got a login",
        (f"entity.entity_users where {_OURS} and {_IN_HISTORY}", "created_at", "count(*)"),
        (f"truth.product_user where {REAL} and in_history", "created_at", "count(*)"),
        seen=None,
        dims={"user_role": ("coalesce(user_role, 'none')", "case when account = -1 then 'none' else role end")},
    ),
    _counted(
        "activated_users",
        "New people who reached the activation set in time, by their day of joining",
        (f"entity.entity_users where {_OURS} and {_IN_HISTORY} and is_activated", "created_at", "count(*)"),
        (f"truth.user_activation where {REAL}", "created_at", "count(*)"),
        seen=_STEPS_SEEN,
    ),
    _counted(
        "app_errors",
        "Errors in the app",
        (f"fact.fact_app_errors where {_OURS}", "activity_date", "count(*)"),
        ("truth.app_error where true", "day", "sum(errors)"),
        dims={"feature": ("feature_key", "feature")},
    ),
    _counted(
        "experiment_exposures",
        "People first shown a variant",
        (f"fact.fact_experiments where {_OURS}", "exposed_at", "count(*)"),
        ("truth.experiment where kind = 'exposure'", "at", "count(*)"),
        dims=_VARIANT,
    ),
    _counted(
        "experiment_conversions",
        "People who reached an experiment's goal within its window",
        (f"fact.fact_experiments where {_OURS} and is_converted", "converted_at", "count(*)"),
        (_CONVERSIONS, "at", "count(*)"),
        dims=_VARIANT,
    ),
    _counted(
        "nps_responses",
        "Answers to the survey in the app",
        (f"fact.fact_nps where {_OURS}", "responded_at", "count(*)"),
        (f"truth.nps_response where {REAL}", "at", "count(*)"),
        dims={"score": ("score", "score")},
    ),
    _counted(
        "nps_net_promoters",
        "Promoters less detractors among the answers",
        (
            f"fact.fact_nps where {_OURS}",
            "responded_at",
            "count(*) filter (nps_group = 'promoter') - count(*) filter (nps_group = 'detractor')",
        ),
        (
            f"truth.nps_response where {REAL}",
            "at",
            "count(*) filter (score >= 9) - count(*) filter (score <= 6)",
        ),
    ),
)
