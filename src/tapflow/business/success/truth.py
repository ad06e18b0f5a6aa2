"""Success's part of the ledger."""

from __future__ import annotations

from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

TABLES = (
    TruthTable(
        "success_event",
        "one row per event of customer success",
        "Calls to action opened, acted on and closed; reviews held and missed; onboarding calls; conversations.",
        (
            Column("number", Type.INT, "The number of the thing, among those of its kind."),
            Column("account", Type.INT, "The account."),
            Column("at", Type.TIMESTAMP, "When."),
            Column("kind", Type.STRING, "cta_opened, cta_acted, cta_closed, review_held, review_missed, ..."),
            Column("reason", Type.STRING, "Of a call to action: offline, usage or payment; empty else."),
            Column("is_test", Type.BOOL, "Of one of our own test accounts."),
        ),
    ),
)
