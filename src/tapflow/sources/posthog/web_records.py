"""The website's events."""

from __future__ import annotations

import pyarrow as pa

from tapflow.business.company import Company
from tapflow.business.day import Day


def events(company: Company, day: Day) -> pa.Table | None:
    """The day's website events that PostHog caught, or None."""
    return None
