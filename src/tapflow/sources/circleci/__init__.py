"""CircleCI: pipelines and their workflows, releases among them."""

from __future__ import annotations

from tapflow.sources.circleci.objects import OBJECTS
from tapflow.sources.circleci.records import records

__all__ = ["OBJECTS", "records"]
