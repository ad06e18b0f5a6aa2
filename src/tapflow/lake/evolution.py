"""Changing a table's shape without rewriting its rows."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform, IdentityTransform, MonthTransform, Transform, YearTransform
from pyiceberg.types import IcebergType

from tapflow.core.errors import AskedWrongly, UnknownName
from tapflow.lake.columns import WIDENS, iceberg_schema
from tapflow.lake.faults import told
from tapflow.lake.model import PartitionField, Partitioning, Split

_TRANSFORMS = {
    Split.VALUE: IdentityTransform,
    Split.DAY: DayTransform,
    Split.MONTH: MonthTransform,
    Split.YEAR: YearTransform,
}


def transform(split: Split) -> Transform[Any, Any]:
    """Iceberg's way to split a column."""
    made: Transform[Any, Any] = _TRANSFORMS[split]()
    return made


def partitioning_of(table: Table) -> Partitioning:
    """How the table splits rows that are written from now on."""
    schema = table.schema()
    return tuple(
        PartitionField(schema.find_column_name(f.source_id) or "", Split(str(f.transform))) for f in table.spec().fields
    )


def widen_to(table: Table, wanted: pa.Schema) -> tuple[str, ...]:
    """Make the table able to hold rows of `wanted`: add its new columns, widen narrow ones.

    Answers the names that were added or widened. Columns that `wanted` lacks stay. Raises
    AskedWrongly where a column's type is another one, neither wider nor narrower.
    """
    now, then = table.schema(), iceberg_schema(wanted)
    known = {f.name: f for f in now.fields}
    added = [f for f in then.fields if f.name not in known]
    widened: list[tuple[str, IcebergType]] = []
    for field in then.fields:
        old = known.get(field.name)
        if old is None or old.field_type == field.field_type or _widens(field.field_type, old.field_type):
            continue
        if not _widens(old.field_type, field.field_type):
            raise AskedWrongly(
                f"Column {field.name} of {'.'.join(table.name())} holds {old.field_type}, not {field.field_type}.",
                "Give the new values a column of their own.",
            )
        widened.append((field.name, field.field_type))
    if added or widened:
        with told(f"table {'.'.join(table.name())}"), table.update_schema() as update:
            for field in added:
                update.add_column(field.name, field.field_type, doc=field.doc)
            for name, kind in widened:
                update.update_column(name, field_type=kind)
    return tuple([f.name for f in added] + [name for name, _ in widened])


def _widens(old: IcebergType, new: IcebergType) -> bool:
    return type(new) in WIDENS.get(type(old), ())


def rename_column(table: Table, old: str, new: str) -> None:
    """Give a column another name; its values stay. Raises UnknownName or AskedWrongly."""
    names = _names(table.schema())
    if old not in names:
        raise UnknownName(f"column of {'.'.join(table.name())}", old, names)
    if new in names:
        raise AskedWrongly(f"{'.'.join(table.name())} has a column {new} already.")
    with told(f"table {'.'.join(table.name())}"), table.update_schema() as update:
        update.rename_column(old, new)


def drop_column(table: Table, name: str) -> None:
    """Take a column out of the table's schema; files keep it unread until they are rewritten."""
    names = _names(table.schema())
    if name not in names:
        raise UnknownName(f"column of {'.'.join(table.name())}", name, names)
    if name in {f.column for f in partitioning_of(table)}:
        raise AskedWrongly(f"{name} partitions {'.'.join(table.name())}.", "Change the partitioning first.")
    with told(f"table {'.'.join(table.name())}"), table.update_schema() as update:
        update.delete_column(name)


def repartition(table: Table, wanted: Partitioning) -> bool:
    """Split rows written from now on another way; files that exist keep theirs. False if it was so already."""
    now = partitioning_of(table)
    if now == wanted:
        return False
    names = _names(table.schema())
    for field in wanted:
        if field.column not in names:
            raise UnknownName(f"column of {'.'.join(table.name())}", field.column, names)
    old_names = {(partition.column, partition.split): field.name for partition, field in zip(now, table.spec().fields)}
    with told(f"table {'.'.join(table.name())}"), table.update_spec() as update:
        for field in now:
            if field not in wanted:
                update.remove_field(old_names[field.column, field.split])
        for field in wanted:
            if field not in now:
                update.add_field(field.column, transform(field.split), field.name)
    return True


def _names(schema: Schema) -> list[str]:
    return [f.name for f in schema.fields]
