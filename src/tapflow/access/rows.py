"""Row policies as conditions: on the policy's own column, or by a semi-join along declared links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sqlglot import exp

from tapflow.access.catalogue import Catalogue, Column, Table
from tapflow.access.policy import Link, RowPolicy
from tapflow.core.errors import AskedWrongly


@dataclass(frozen=True)
class RowFilter:
    """A condition over a table's own columns, and the row policy that asks for it."""

    policy: str
    condition: exp.Expr
    why: str

    @property
    def sql(self) -> str:
        """The condition as text."""
        return self.condition.sql("duckdb")


def matches(table: str, patterns: Iterable[str]) -> bool:
    """Whether a table is one of the patterns."""
    return any(fnmatchcase(table, pattern) for pattern in patterns)


def own_column(table: Table, policy: RowPolicy) -> Column | None:
    """The column of a table on which a row policy acts directly."""
    return table.columns.get(policy.also.get(table.name, policy.column))


def path(
    table: Table, policy: RowPolicy, links: Sequence[Link], catalogue: Catalogue, seen: frozenset[str] = frozenset()
) -> tuple[Link, ...] | None:
    """The links from a table to the policy's column: none when it carries it, None when nothing leads there."""
    if own_column(table, policy) is not None:
        return ()
    for link in links:
        target = catalogue.tables.get(link.table)
        if link.column not in table.columns or target is None or target.name in seen | {table.name}:
            continue
        if link.column not in target.columns:
            continue
        further = path(target, policy, links, catalogue, seen | {table.name})
        if further is not None:
            return (link, *further)
    return None


def row_filter(
    name: str, policy: RowPolicy, table: Table, values: Sequence[str], links: Sequence[Link], catalogue: Catalogue
) -> RowFilter | None:
    """The filter of a policy on a table, or None when nothing in the table leads to the policy's column."""
    found = path(table, policy, links, catalogue)
    if found is None:
        return None
    end = catalogue.tables[found[-1].table] if found else table
    column = own_column(end, policy)
    assert column is not None
    condition = _among(column, values)
    for link in reversed(found):
        chosen = exp.select(exp.column(link.column, quoted=True)).from_(_quoted(link.table)).where(condition)
        condition = exp.In(this=exp.column(link.column, quoted=True), query=exp.Subquery(this=chosen))
    way = "".join(f" by way of {link.table}" for link in found)
    return RowFilter(name, condition, f"row policy {name}: {column.name} is {' or '.join(values) or 'nothing'}{way}")


def _among(column: Column, values: Sequence[str]) -> exp.Expr:
    """Never true for a null: what belongs to nobody is shown to nobody whom a policy binds."""
    if not values:
        return exp.false()
    if column.is_text:
        literals: list[exp.Expr] = [exp.Literal.string(v) for v in values]
    elif column.is_integer:
        literals = [exp.Literal.number(_whole(v, column)) for v in values]
    else:
        raise AskedWrongly(
            f"A row policy cannot act on {column.name}, which is a {column.type}.",
            "Name a column of text or of whole numbers in row_policies.",
        )
    return exp.In(this=exp.column(column.name, quoted=True), expressions=literals)


def _whole(value: str, column: Column) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise AskedWrongly(
            f"The value {value!r} of a person's attribute does not fit the column {column.name}, a {column.type}.",
            "Give whole numbers in people.*.attributes.",
        ) from error


def _quoted(table: str) -> exp.Table:
    schema, name = table.split(".", 1)
    return exp.table_(name, db=schema, quoted=True)


def attribute_values(attributes: Mapping[str, Sequence[str]], policy: RowPolicy) -> tuple[str, ...]:
    """The values that a person's attributes allow; none when the attribute is missing."""
    return tuple(attributes.get(policy.attribute, ()))
