"""GitHub: pull requests and their commits."""

from __future__ import annotations

from tapflow.sources.github.objects import OBJECTS
from tapflow.sources.github.records import records

__all__ = ["OBJECTS", "records"]
