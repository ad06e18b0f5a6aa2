"""Jira: the engineers' tracker, feature requests included."""

from __future__ import annotations

from tapflow.sources.jira.objects import OBJECTS
from tapflow.sources.jira.records import records

__all__ = ["OBJECTS", "records"]
