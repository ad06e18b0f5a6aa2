"""A wrong version of a published table, and the common ways to make one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A wrong version of one published table.

    `sql` reads the sound table as `sound`. `figure` is one that must differ; `dimension` is set
    where totals cannot show the fault. `quick` ones are tried in the fast suite, all in the slow one.
    """

    name: str
    table: str
    sql: str
    figure: str
    dimension: str | None = None
    quick: bool = False


def replaced(**columns: str) -> str:
    """The sound table with some columns computed anew."""
    changes = ", ".join(f"{sql} as {column}" for column, sql in columns.items())
    return f"select * replace ({changes}) from sound"


def mapped(column: str, **words: str) -> str:
    """The sound table with some words of a column changed into others."""
    cases = " ".join(f"when '{old}' then '{new}'" for old, new in words.items())
    return replaced(**{column: f"case {column} {cases} else {column} end"})
