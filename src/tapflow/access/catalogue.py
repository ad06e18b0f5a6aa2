"""What can be asked: tables, their columns, and what each column may tell.

Made by whoever knows the published version; `access` itself reads none. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tapflow.access.roles import Classification

_UNCLASSIFIED = Classification.RESTRICTED


@dataclass(frozen=True)
class Column:
    """A column: its type as the lake or the engine names it, and its classification."""

    name: str
    type: str
    classification: Classification = Classification.INTERNAL

    @property
    def is_text(self) -> bool:
        """Whether it holds text."""
        return self.type.lower().startswith(("string", "varchar", "text"))

    @property
    def is_integer(self) -> bool:
        """Whether it holds whole numbers."""
        return self.type.lower() in _INTEGERS

    @property
    def is_float(self) -> bool:
        """Whether it holds binary floating-point numbers."""
        return self.type.lower() in ("double", "float", "real")

    @property
    def is_temporal(self) -> bool:
        """Whether it holds days or instants."""
        return self.type.lower().startswith(("date", "timestamp"))


_INTEGERS = frozenset(
    ("long", "int", "integer", "bigint", "smallint", "tinyint", "ubigint", "uinteger", "usmallint", "utinyint")
)


@dataclass(frozen=True)
class Table:
    """A table that can be asked, `schema.table`, with its columns in order."""

    name: str
    columns: Mapping[str, Column] = field(default_factory=dict)

    @property
    def schema(self) -> str:
        """The part before the point."""
        return self.name.split(".", 1)[0]


@dataclass(frozen=True)
class Catalogue:
    """The tables that can be asked, as of one published version (`""` where there is none)."""

    tables: Mapping[str, Table]
    version: str = ""

    def columns(self) -> set[str]:
        """The names of all columns."""
        return {column for table in self.tables.values() for column in table.columns}

    def joined(self, other: Catalogue) -> Catalogue:
        """This one with another's tables beside its own."""
        return Catalogue({**self.tables, **other.tables}, self.version)


def table_of(name: str, types: Mapping[str, str], classifications: Mapping[str, str]) -> Table:
    """A table of column -> type and column -> classification.

    A column that nothing classifies counts as restricted: what an old version does not tell is
    kept from those who may not see the worst.
    """
    columns = {
        column: Column(column, kind, Classification(classifications.get(column, _UNCLASSIFIED)))
        for column, kind in types.items()
    }
    return Table(name, columns)
