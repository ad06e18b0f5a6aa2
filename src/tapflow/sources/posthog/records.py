"""A day's log of PostHog: the website's and the app's events together."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.sources.posthog import product_records, web_records
from tapflow.sources.posthog.columns import EVENT_SCHEMA

# Each answers a table of EVENT_SCHEMA's columns.
_PARTS = (web_records.events, product_records.events)


def records(company: Company, day: Day) -> dict[str, Mapping[str, pa.Array]]:
    """The day's events by (timestamp, uuid); no object when nothing was captured."""
    parts = [table for part in _PARTS if (table := part(company, day)) is not None]
    if not parts:
        return {}
    whole = pa.concat_tables(parts).combine_chunks()
    order = pc.sort_indices(whole, sort_keys=[("timestamp", "ascending"), ("uuid", "ascending")])
    whole = whole.take(order)
    return {"events": {name: whole[name].combine_chunks() for name in EVENT_SCHEMA.names}}
