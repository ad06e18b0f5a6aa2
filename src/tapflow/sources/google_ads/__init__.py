"""Google Ads: campaigns, ad groups and their daily performance."""

from __future__ import annotations

from tapflow.sources.google_ads.objects import OBJECTS
from tapflow.sources.google_ads.records import records

__all__ = ["OBJECTS", "records"]
