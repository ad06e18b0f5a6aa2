"""PostHog: what people did on the website and in the app."""

from __future__ import annotations

from tapflow.sources.posthog.objects import OBJECTS
from tapflow.sources.posthog.records import records

__all__ = ["OBJECTS", "records"]
