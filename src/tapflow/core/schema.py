"""Declarations: one object, told once.

A `SourceObject` is what a source system shows: from it come the log files' schema, the raw
table, the contract that ingestion checks, the staging model and its documentation. A
`TruthTable` is a table of the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """A field's type in logs and raw tables. JSON is text that holds one JSON value."""

    STRING = "string"
    INT = "int64"
    FLOAT = "float64"
    BOOL = "bool"
    TIMESTAMP = "timestamp"  # microseconds, UTC
    DATE = "date"
    JSON = "json"


class Pii(StrEnum):
    """What a field may tell about a person or is worth to a rival."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"
    PERSONAL = "pii"


class Kind(StrEnum):
    """How an object's log behaves."""

    CHANGES = "changes"  # the last version of each object that changed that day; staging keeps the newest
    EVENTS = "events"  # things that happened, never changed; staging drops repeated keys
    STREAM = "stream"  # events too many to deduplicate in a view: left to an incremental model


@dataclass(frozen=True)
class Derived:
    """A staged column computed from others of the record, in the SQL that DuckDB and Trino share."""

    name: str
    type: Type
    sql: str
    description: str
    pii: Pii = Pii.INTERNAL


@dataclass(frozen=True)
class Field:
    """One field of a source object, under the vendor's own name.

    `staged` is its name in the staging model (its own by default, None leaves it out); `sql`
    replaces the plain column there.
    """

    name: str
    type: Type
    description: str
    required: bool = False
    staged: str | None = ""
    sql: str = ""
    pii: Pii = Pii.INTERNAL

    @property
    def staged_name(self) -> str | None:
        """The column's name in staging, or None when staging leaves it out."""
        return self.name.lower() if self.staged == "" else self.staged


@dataclass(frozen=True)
class SourceObject:
    """An object of a source system, in the vendor's names.

    `key` identifies it; `version` names the field whose greatest value is the newest version;
    `partition` is how its raw table is split ("day" or "month" of the load).
    """

    system: str
    name: str
    grain: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    version: str
    derived: tuple[Derived, ...] = ()
    kind: Kind = Kind.CHANGES
    partition: str = "month"
    freshness_hours: int = 48

    def __post_init__(self) -> None:
        names = [f.name for f in self.fields]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.system}.{self.name} declares a field twice")
        missing = {*self.key, self.version} - set(names)
        if missing:
            raise ValueError(f"{self.system}.{self.name} has no field {', '.join(sorted(missing))}")

    @property
    def staging_model(self) -> str:
        """The dbt model that types, renames and deduplicates this object."""
        return f"stg_{self.system}__{self.name}"

    @property
    def raw_table(self) -> str:
        """Its table in the lake's `raw` namespace."""
        return f"{self.system}__{self.name}"


@dataclass(frozen=True)
class TruthColumn:
    """A column of the ledger."""

    name: str
    type: Type
    description: str


@dataclass(frozen=True)
class TruthTable:
    """A table of the ledger: what really happened, from the state itself."""

    name: str
    grain: str
    description: str
    columns: tuple[TruthColumn, ...]
