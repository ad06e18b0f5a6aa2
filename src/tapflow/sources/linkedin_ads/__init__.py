"""LinkedIn Ads: campaign groups, campaigns and their daily performance."""

from __future__ import annotations

from tapflow.sources.linkedin_ads.objects import OBJECTS
from tapflow.sources.linkedin_ads.records import records

__all__ = ["OBJECTS", "records"]
