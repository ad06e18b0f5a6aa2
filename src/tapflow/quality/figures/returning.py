"""Figures about people who use the product again after a pause."""

from __future__ import annotations

from tapflow.quality.figure import Figure, told
from tapflow.quality.figures.product import LAST_DAY, REAL, difference


def _returns(among: str) -> str:
    # However long ago the active day before lies, it counts: no day may be left out.
    return f"""(
        select day, lag(day) over (partition by "user" order by day) as previous_day
        from truth.user_day where {among}
    ) where previous_day <= day - interval '28' day"""


def _resurrected() -> Figure:
    """People active on a day and on none of the 27 before it, who had been active earlier."""
    everybody = told("day", "count(*)", _returns(REAL))
    # Who was not tracked, or not yet heard of, returns unseen; whose days in between were not, seems to return.
    seen = told("day", "count(*)", _returns(f"{REAL} and tracked and arrived_on <= {LAST_DAY}"))
    return Figure(
        name="resurrected_users",
        title="People active again after 28 days or more",
        domain="product",
        unit="count",
        kind="flow",
        published=told("day", "count(*)", "entity.entity_users_daily where is_resurrected and not is_internal"),
        truth=everybody,
        explained=difference(seen, everybody),
    )


FIGURES: tuple[Figure, ...] = (_resurrected(),)
