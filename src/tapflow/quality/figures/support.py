"""Figures about support and customer success."""

from __future__ import annotations

from tapflow.quality.figure import Figure, told

_TICKET_DIMS = {
    "category": ("ticket_category", "category"),
    "priority": ("ticket_priority", "priority"),
    "channel": ("ticket_channel", "channel"),
}
# Tickets of the simulated days that were solved: when they were made, and solved for the last time.
_SOLVED = """(
    select any_value(category) as category, any_value(priority) as priority, any_value(channel) as channel,
        min(case when kind = 'created' then "at" end) as created_at,
        max(case when kind in ('solved', 'resolved') then "at" end) as solved_at
    from truth.ticket_event where not is_test group by ticket
) where created_at is not null and solved_at is not null"""


def _tickets(name: str, title: str, kinds: str) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="support",
        unit="count",
        kind="flow",
        published="select $period(event_at) as period, $dim as dim, count(*) as value from fact.fact_ticket_events "
        f"where event_kind in ({kinds}) and not is_internal group by 1, 2",
        truth="select $period(at) as period, $dim as dim, count(*) as value from truth.ticket_event "
        f"where kind in ({kinds}) and not is_test group by 1, 2",
        dims=_TICKET_DIMS,
    )


def _success(name: str, title: str, published_from: str, kind: str) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="support",
        unit="count",
        kind="flow",
        published=f"select $period(at) as period, $dim as dim, count(*) as value from ({published_from}) group by 1, 2",
        truth="select $period(at) as period, $dim as dim, count(*) as value from truth.success_event "
        f"where kind = '{kind}' group by 1, 2",
    )


FIGURES: tuple[Figure, ...] = (
    _tickets("tickets_created", "Tickets made", "'created'"),
    _tickets("tickets_answered", "Tickets first answered", "'responded'"),
    _tickets("tickets_solved", "Tickets solved", "'solved', 'resolved'"),
    _tickets("tickets_reopened", "Tickets reopened", "'reopened'"),
    _tickets("ratings_good", "Good ratings", "'rated_good'"),
    _tickets("ratings_bad", "Bad ratings", "'rated_bad'"),
    Figure(
        name="first_response_hours",
        title="Median business hours to the first response, by day of the response",
        domain="support",
        unit="hours",
        kind="own",
        published="select $period(first_responded_at) as period, $dim as dim, "
        "median(first_response_business_seconds) / 3600 as value from fact.fact_tickets "
        "where first_responded_at >= (select min(day) from entity.entity_customers_daily) and not is_internal "
        "group by 1, 2",
        truth="select $period(at) as period, $dim as dim, median(business_seconds) / 3600 as value "
        "from truth.ticket_event where kind = 'responded' and not is_test group by 1, 2",
        dims=_TICKET_DIMS,
    ),
    Figure(
        name="resolution_hours",
        title="Median hours from a ticket to its last solution, by day of that solution",
        domain="support",
        unit="hours",
        kind="own",
        published=told(
            "last_solved_at",
            "median(resolution_seconds) / 3600",
            "fact.fact_tickets where not is_internal "
            "and created_at >= (select min(day) from entity.entity_customers_daily)",
        ),
        truth=told("solved_at", "median(epoch(solved_at) - epoch(created_at)) / 3600", _SOLVED),
        dims=_TICKET_DIMS,
    ),
    Figure(
        name="csat",
        title="Good ratings among ratings",
        domain="support",
        unit="ratio",
        kind="own",
        published="select $period(event_at) as period, $dim as dim, "
        "avg(case when event_kind = 'rated_good' then 1.0 else 0.0 end) as value from fact.fact_ticket_events "
        "where event_kind in ('rated_good', 'rated_bad') and not is_internal group by 1, 2",
        truth="select $period(at) as period, $dim as dim, "
        "avg(case when kind = 'rated_good' then 1.0 else 0.0 end) as value from truth.ticket_event "
        "where kind in ('rated_good', 'rated_bad') and not is_test group by 1, 2",
        dims=_TICKET_DIMS,
    ),
    _success(
        "calls_opened", "Calls to action opened", "select opened_at as at from fact.fact_success_calls", "cta_opened"
    ),
    _success(
        "interventions",
        "Calls to action acted on",
        "select acted_at as at from fact.fact_success_calls where acted_at is not null",
        "cta_acted",
    ),
    _success(
        "reviews_held",
        "Business reviews held",
        "select due_on as at from fact.fact_reviews where is_held",
        "review_held",
    ),
    _success(
        "conversations", "Conversations opened", "select opened_at as at from fact.fact_conversations", "conversation"
    ),
)
