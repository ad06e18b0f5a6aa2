"""Ingestion: closed days' files of the sources into the lake's raw tables, exactly once.

It knows the sources by their contracts and files alone.
"""

from tapflow.ingest.contract import Contract, ContractField, Contracts, load_contracts, raw_table
from tapflow.ingest.quarantine import listed as quarantined
from tapflow.ingest.report import IngestReport, TableReport
from tapflow.ingest.retention import Expired, expire_raw
from tapflow.ingest.run import Progress, ingest_days

__all__ = [
    "Contract",
    "ContractField",
    "Contracts",
    "Expired",
    "IngestReport",
    "Progress",
    "TableReport",
    "expire_raw",
    "ingest_days",
    "load_contracts",
    "quarantined",
    "raw_table",
]
