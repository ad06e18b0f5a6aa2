"""What a person may ask: the one place where a decision of access enters a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Decision:
    """Of access, for one question. `metrics` None: all. `rows`: table -> a condition in SQL that its rows must meet."""

    metrics: frozenset[str] | None = None
    rows: Mapping[str, str] = field(default_factory=dict)

    def table(self, name: str) -> str:
        """A table as this person sees it. Every table of a plan is written by this function."""
        return f"(select * from {name} where {self.rows[name]})" if name in self.rows else name


EVERYTHING = Decision()
