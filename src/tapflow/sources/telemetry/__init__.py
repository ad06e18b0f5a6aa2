"""The device stream: what the gateway received from controllers, in daily files."""

from __future__ import annotations

from tapflow.sources.telemetry.objects import OBJECTS
from tapflow.sources.telemetry.records import records

__all__ = ["OBJECTS", "records"]
