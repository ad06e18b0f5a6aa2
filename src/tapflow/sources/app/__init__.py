"""The product database, read by its change log (operation, log sequence number, commit time)."""

from __future__ import annotations

from tapflow.sources.app.objects import OBJECTS
from tapflow.sources.app.records import records

__all__ = ["OBJECTS", "records"]
