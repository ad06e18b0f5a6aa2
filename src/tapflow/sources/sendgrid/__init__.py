"""SendGrid: what became of the mails to customers and trials."""

from __future__ import annotations

from tapflow.sources.sendgrid.objects import OBJECTS
from tapflow.sources.sendgrid.records import records

__all__ = ["OBJECTS", "records"]
