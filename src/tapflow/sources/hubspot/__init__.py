"""HubSpot: contacts, companies, forms and what was sent by them, marketing emails and campaigns."""

from __future__ import annotations

from tapflow.sources.hubspot.objects import OBJECTS
from tapflow.sources.hubspot.records import records

__all__ = ["OBJECTS", "records"]
