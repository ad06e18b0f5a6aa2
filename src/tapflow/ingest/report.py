"""What a run of ingestion did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class TableReport:
    """One raw table's share: rows are records; days are those of the files.

    `rows_in` counts the records of the files that were taken up; it equals `rows` plus
    `quarantined`. `replaced_days` were loaded before in other bytes, `withdrawn_days` exist no
    more at the source. `missing_days` are promised by their marker but not there; `held_days`
    the source has not delivered yet. Both are tried again by the next run.
    """

    table: str
    rows_in: int = 0
    rows: int = 0
    quarantined: int = 0
    files: int = 0
    bytes: int = 0
    replaced_days: tuple[date, ...] = ()
    withdrawn_days: tuple[date, ...] = ()
    missing_days: tuple[date, ...] = ()
    held_days: tuple[date, ...] = ()
    schema_changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class IngestReport:
    """A run: what each table got, tables without news left out. `through` is the newest closed day."""

    tables: Mapping[str, TableReport] = field(default_factory=dict)
    through: date | None = None

    @property
    def rows(self) -> int:
        """Records loaded."""
        return sum(t.rows for t in self.tables.values())

    @property
    def quarantined(self) -> int:
        """Records refused."""
        return sum(t.quarantined for t in self.tables.values())

    @property
    def files(self) -> int:
        """Files taken up."""
        return sum(t.files for t in self.tables.values())

    @property
    def schema_changes(self) -> int:
        """Unpromised fields that were seen for the first time."""
        return sum(len(t.schema_changes) for t in self.tables.values())
