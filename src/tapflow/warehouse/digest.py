"""Order-free digests of rows, per partition: what tells whether a part of a table changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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


def begin_of(column: str | None, grain: Grain) -> str:
    """The first day of a row's partition, as an expression; null for a table that is not split."""
    return "cast(null as date)" if column is None else f"cast(date_trunc('{grain}', {name(column)}) as date)"


def begin_day(day: date, grain: Grain) -> date:
    """The first day of a day's partition."""
    return day.replace(day=1) if grain is Grain.MONTH else day


def part_name(begin: date | None) -> str:
    """A partition's name: its first day, or `WHOLE`."""
    return WHOLE if begin is None else begin.isoformat()


def in_part(column: str | None, grain: Grain, part: str) -> str:
    """The condition of a partition's rows: a range of the bare column, so that the engine can pass over the others."""
    if column is None:
        return "true"
    if part == WHOLE:
        return f"{name(column)} is null"
    return f"{name(column)} >= date '{part}' and {name(column)} < date '{part}' + interval 1 {grain}"


def digest_parts(
    connection: Connection,
    relation: str,
    columns: Sequence[str],
    column: str | None,
    grain: Grain,
    since: date | None = None,
) -> dict[str, Part]:
    """Partition -> content of a relation (a quoted name), counting the given columns in any order.

    `since`: the first day of the first partition that is wanted (None: all are).

    Two digests are comparable when the same version of the engine made them: they sum and fold
    DuckDB's row hashes.
    """
    hashed = ", ".join(name(c) for c in sorted(columns))
    wanted = (
        "true" if column is None or since is None else f"({name(column)} >= date '{since}' or {name(column)} is null)"
    )
    rows = connection.execute(
        "select begin, count(*), sum(h), bit_xor(h) from "
        f"(select {begin_of(column, grain)} as begin, hash({hashed}) as h from {relation} where {wanted}) "
        "group by begin order by begin"
    ).fetchall()
    return {
        part_name(b): Part(count, f"{int(total) % (1 << 64):016x}{folded:016x}") for b, count, total, folded in rows
    }


def table_digest(parts: Mapping[str, Part]) -> str:
    """One digest of a whole table, the same however it is split."""
    total = sum(int(p.digest[:16], 16) for p in parts.values()) % (1 << 64)
    folded = 0
    for part in parts.values():
        folded ^= int(part.digest[16:], 16)
    return f"{sum(p.rows for p in parts.values())}:{total:016x}{folded:016x}"
