"""How people use the product, from the trackers' events."""

from __future__ import annotations

from tapflow.quality.realism.noise import mean, share
from tapflow.quality.realism.statistic import Statistic

# facts.use: one row per person and day with an in-app event. A slope over 19 weeks of shares, in points:
# 50 / sqrt(570) a person were the weeks independent; people keep their habits, so half more.
# People go on leaving for months; and customers stay, so that there are people to go.
_SLOWLY_GONE = {
    "product": {"activity": {"quit_days_mean": 80, "quit_days_most": 400, "quit_share": 1.0}},
    "customers": {"trials": {"conversion": 0.9}},
}

STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        "stickiness", "DAU / MAU", "of monthly active users", 0.25, 0.40, "Mixpanel 31 %",
        """
        select
            (select count(*) / 28.0 from facts.use where day > (select last_day - 28 from facts.clock)),
            (select count(distinct person) from facts.use where day > (select last_day - 28 from facts.clock))
        """,
        {"product": {"activity": {"daily_chance": [0.95, 0.95, 0.95, 0.95]}}},
        share(),  # the days of one person vary less than a single yes or no,
    ),
    Statistic(
        "retention_slope", "User retention, slope of weeks 8 to 26", "points a week", -0.5, 0.5, "a16z",
        """
        with born as (select person, min(day) as day from facts.use group by 1),
        fit as (
            select person, day from born
            where day > (select first_day + 28 from facts.clock) and day <= (select last_day - 190 from facts.clock)
        ),
        weeks as (
            select week, count(distinct u.person) * 100.0 / (select count(*) from fit) as share
            from fit cross join (select unnest(generate_series(8, 26)) as week)
            left join facts.use as u on u.person = fit.person
                and u.day >= fit.day + cast(week * 7 as integer) and u.day < fit.day + cast(week * 7 + 7 as integer)
            group by 1
        )
        select regr_slope(share, week) * (select count(*) from fit), (select count(*) from fit) from weeks
        """,
        _SLOWLY_GONE,
        mean(deviation=3.0),
    ),
)  # fmt: skip
