"""NetSuite: the books, as SuiteQL shows them."""

from __future__ import annotations

from tapflow.sources.netsuite.objects import OBJECTS
from tapflow.sources.netsuite.records import records

__all__ = ["OBJECTS", "records"]
