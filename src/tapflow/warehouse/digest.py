"""Order-free digests of rows, per partition: what tells whether a part of a table changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tapflow.warehouse.engine import Connection, name

WHOLE = ""
"""The only partition of a table that is not split, and the one of rows without a value."""


class Grain(StrEnum):
    """How a published table is split."""

    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True)
class Part:
    """A partition's content: its rows, and a digest that any order of the same rows gives."""

    rows: int
    digest: str


def partition_expression(column: str | None, grain: Grain) -> str:
    """The partition of a row: the first day of its month, or its day, as text; `WHOLE` for none."""
    if column is None:
        return f"'{WHOLE}'"
    return f"coalesce(strftime(date_trunc('{grain}', {name(column)}), '%Y-%m-%d'), '{WHOLE}')"


def digest_parts(
    connection: Connection, relation: str, columns: Sequence[str], column: str | None, grain: Grain
) -> dict[str, Part]:
    """Partition -> content of a relation (a quoted name), counting the given columns in any order.

    Two digests are comparable when the same version of the engine made them: they sum and
    fold DuckDB's row hashes.
    """
    hashed = ", ".join(name(c) for c in sorted(columns))
    split = partition_expression(column, grain)
    rows = connection.execute(
        f"select part, count(*), sum(h), bit_xor(h) from (select {split} as part, hash({hashed}) as h from {relation}) "
        "group by part order by part"
    ).fetchall()
    return {part: Part(count, f"{int(total) % (1 << 64):016x}{folded:016x}") for part, count, total, folded in rows}


def table_digest(parts: Mapping[str, Part]) -> str:
    """One digest of a whole table, the same however it is split."""
    total = sum(int(p.digest[:16], 16) for p in parts.values()) % (1 << 64)
    folded = 0
    for part in parts.values():
        folded ^= int(part.digest[16:], 16)
    return f"{sum(p.rows for p in parts.values())}:{total:016x}{folded:016x}"
