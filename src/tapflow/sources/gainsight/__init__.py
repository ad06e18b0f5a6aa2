"""Customer success's own system: Gainsight."""

from __future__ import annotations

from tapflow.sources.gainsight.objects import OBJECTS
from tapflow.sources.gainsight.records import records

__all__ = ["OBJECTS", "records"]
