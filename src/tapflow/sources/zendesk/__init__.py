"""The help desk: Zendesk Support, read by its incremental exports."""

from __future__ import annotations

from tapflow.sources.zendesk.objects import OBJECTS
from tapflow.sources.zendesk.records import records

__all__ = ["OBJECTS", "records"]
