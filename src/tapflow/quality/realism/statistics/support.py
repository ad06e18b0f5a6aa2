"""Support, from the help desk's own records."""

from __future__ import annotations

from tapflow.quality.realism.noise import of_median, rate, share
from tapflow.quality.realism.statistic import Statistic

STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        "tickets_per_customer", "Tickets per customer and month", "tickets", 0.2, 1.0, "GASP, Corebee",
        """
        select
            (select count(distinct id) from log.zendesk__tickets
                where created_at >= (select first_day from facts.clock)),
            (select sum(date_diff('second', from_at, to_at)) / 86400.0 / 30.4375 from facts.paying)
        """,
        {"support": {"questions": 0.08}}, rate(clustering=3.0),  # some houses ask much
    ),
    Statistic(
        "first_response", "First response, median", "hours", 4, 10, "Jitbit, 1,000 firms",
        """
        select cast(json_extract(reply_time_in_minutes, '$.business') as double) / 60
        from log.zendesk__ticket_metrics
        where json_extract(reply_time_in_minutes, '$.business') <> 'null'
        qualify row_number() over (partition by id order by updated_at desc) = 1
        """,
        {"support": {"first_response_hours": [60, 60, 60, 60]}},
        of_median(1.0, clustering=4.0), of_median=True,  # tickets of one day wait together
    ),
    Statistic(
        "csat", "CSAT", "of ratings", 0.80, 0.90, "Zendesk",
        "select count(*) filter (where score = 'good'), count(*) from log.zendesk__satisfaction_ratings",
        {"support": {"rating_good": 0.4}}, share(),
    ),
)  # fmt: skip
