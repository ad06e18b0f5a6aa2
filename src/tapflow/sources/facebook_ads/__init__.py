"""Meta Ads: campaigns, ad sets and their daily performance."""

from __future__ import annotations

from tapflow.sources.facebook_ads.objects import OBJECTS
from tapflow.sources.facebook_ads.records import records

__all__ = ["OBJECTS", "records"]
