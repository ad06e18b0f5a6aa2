"""Salesforce: accounts, contacts, leads, opportunities, activities, quotas and contracts, as the CRM has them."""

from tapflow.sources.salesforce.objects import OBJECTS
from tapflow.sources.salesforce.records import records

__all__ = ["OBJECTS", "records"]
