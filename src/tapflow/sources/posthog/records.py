"""A day's log of PostHog: the website's and the app's events together."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.sources.posthog import product_records, web_records
from tapflow.sources.posthog.columns import EVENT_SCHEMA, event_table

# Each answers some of the day's events.
_PARTS = (web_records.events, product_records.events)


def records(company: Company, day: Day) -> dict[str, Mapping[str, pa.Array]]:
    """The day's events by (timestamp, uuid); no object when nothing was captured."""
    parts = [events for part in _PARTS for events in part(company, day)]
    if not parts:
        return {}
    whole = event_table(parts, by=("timestamp", "uuid"))
    return {"events": {name: whole[name].chunk(0) for name in EVENT_SCHEMA.names}}
