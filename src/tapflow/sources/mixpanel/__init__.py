"""Mixpanel: the app's events once more, as a raw export."""

from __future__ import annotations

from tapflow.sources.mixpanel.objects import OBJECTS
from tapflow.sources.mixpanel.records import records

__all__ = ["OBJECTS", "records"]
