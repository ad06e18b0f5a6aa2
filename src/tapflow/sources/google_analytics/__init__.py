"""Google Analytics: sessions as its reports count them."""

from __future__ import annotations

from tapflow.sources.google_analytics.objects import OBJECTS
from tapflow.sources.google_analytics.records import records

__all__ = ["OBJECTS", "records"]
