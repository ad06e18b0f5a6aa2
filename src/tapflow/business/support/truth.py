"""Support's part of the ledger."""

from __future__ import annotations

from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

TABLES = (
    TruthTable(
        "ticket_event",
        "one row per event in a ticket's life",
        "Tickets made, answered, solved, reopened, solved again and rated, with what truly caused them.",
        (
            Column("ticket", Type.INT, "The ticket's number."),
            Column("account", Type.INT, "Who had the trouble."),
            Column("at", Type.TIMESTAMP, "When."),
            Column("kind", Type.STRING, "created, responded, solved, reopened, resolved, rated_good or rated_bad."),
            Column("category", Type.STRING, "how_to, device_fault, billing or feature_request."),
            Column("priority", Type.STRING, "low, normal, high or urgent."),
            Column("channel", Type.STRING, "How it was sent."),
            Column("device", Type.INT, "The device whose fault caused it; null else."),
            Column("business_seconds", Type.INT, "Of a first response: business seconds since the ticket was made."),
            Column("is_test", Type.BOOL, "Of one of our own test accounts."),
        ),
    ),
)
