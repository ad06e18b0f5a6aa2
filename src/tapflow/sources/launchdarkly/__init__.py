"""LaunchDarkly: feature flags and experiments."""

from __future__ import annotations

from tapflow.sources.launchdarkly.objects import OBJECTS
from tapflow.sources.launchdarkly.records import records

__all__ = ["OBJECTS", "records"]
