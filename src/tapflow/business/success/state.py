"""Success's memory."""

from __future__ import annotations

from tapflow.business.columns import Table

LATER = -1


class Success:
    """Calls to action that are open, and the counters of what was made.

    Days are day numbers; `reason`: 0 devices offline, 1 falling usage, 2 failing payment.
    """

    def __init__(self) -> None:
        self.next_cta = 0
        self.next_review = 0
        self.next_activity = 0
        self.next_conversation = 0
        self.managers = 0
        self.ctas = Table(
            number="i8",
            account="i8",
            reason="i1",
            opened_at="i8",
            act_day="i4",
            acted_at="i8",
            close_day="i4",
            closed="?",
        )
