"""Figures about features over 28 days: what trackers and late phones keep from them is explained person by person."""

from __future__ import annotations

from tapflow.quality.figure import Figure
from tapflow.quality.figures.product import LAST_DAY, REAL, difference

# Whose events of the last days had not arrived, and which features they had used by none of those that had.
_UNSEEN_USES = f"""(
    with
        waiting as (
            select * from truth.user_day where {REAL} and tracked and arrived_on > {LAST_DAY}
        ),
        uses as (
            select u.user, u.day, u.arrived_on <= {LAST_DAY} as is_seen, f.number, f.feature
            from truth.user_day as u
            join (select distinct number, feature from truth.feature_day) as f on u.features & (1 << f.number) <> 0
            where u.user in (select waiting.user from waiting)
                and u.day > (select min(day) - interval '28' day from waiting)
        ),
        days as (
            select cast(unnest(generate_series(min(day), max({LAST_DAY}), interval '1' day)) as date) as day
            from waiting
        )
    select days.day, uses.feature, uses.user
    from days join uses on uses.day <= days.day and uses.day > days.day - interval '28' day
    group by all
    having not bool_or(is_seen)
)"""


def _users_of_features() -> Figure:
    """People who used a feature within 28 days, feature by feature."""
    day_and_value = "select $period(day) as period, $dim as dim, {value} as value from {rows}"
    return Figure(
        name="feature_users_28d",
        title="People who used a feature within 28 days, summed over features",
        domain="product",
        unit="count",
        kind="stock",
        published=day_and_value.format(value="sum(users_28d)", rows="entity.entity_features_daily group by 1, 2"),
        truth=day_and_value.format(value="sum(users_28d)", rows="truth.feature_day group by 1, 2"),
        explained=difference(
            day_and_value.format(value="-count(*)", rows=f"{_UNSEEN_USES} group by 1, 2"),
            day_and_value.format(value="sum(users_28d)", rows="truth.feature_day where not tracked group by 1, 2"),
        ),
        dims={"feature": ("feature_key", "feature")},
    )


FIGURES: tuple[Figure, ...] = (_users_of_features(),)
