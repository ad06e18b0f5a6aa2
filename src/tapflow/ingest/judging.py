"""Judging a file against its contract: which rows load, in what shape, and which go to quarantine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from tapflow.core.schema import Type
from tapflow.ingest.contract import LOADED_AT, SOURCE_FILE, Contract
from tapflow.ingest.fitting import fit_array, fit_list, found_type
from tapflow.ingest.reading import Records, Unreadable

MISSING = "missing_field"
MISTYPED = "mistyped_value"
NULL = "null_in_required_field"
UNREADABLE = "unreadable_file"
UNKNOWN = "unknown_object"

Extras = dict[str, Type]
"""Fields that no contract promises, by name, with the type their column has in the raw table."""


@dataclass(frozen=True)
class Refusal:
    """What goes to quarantine: a record as JSON, or a whole file standing for `rows` records."""

    reason: str
    field: str | None
    record: str
    rows: int = 1
    kept_file: str | None = None


@dataclass
class Judged:
    """A file's rows that load (the contract's fields, then the extras found in it) and its refusals."""

    rows: pa.Table
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def rows_in(self) -> int:
        """How many records the file held."""
        return self.rows.num_rows + sum(r.rows for r in self.refusals)


def judge_table(contract: Contract, table: pa.Table, extras: Extras) -> Judged:
    """Judge a table of records. `extras` grows by the unpromised fields that it holds.

    Raises Unreadable when a required field is missing altogether.
    """
    if table.schema.equals(contract.schema) and not _null_in_required(contract, table):
        return Judged(table)
    unpromised = _unpromised(contract, table.schema.names)
    absent = [f.name for f in contract.fields if f.required and f.name not in table.schema.names]
    if absent:
        raise Unreadable(f"it lacks the required field {absent[0]}")
    columns: dict[str, pa.ChunkedArray] = {}
    faults: list[tuple[str, str, pa.ChunkedArray]] = []
    for promised in contract.fields:
        if promised.name not in table.schema.names:
            columns[promised.name] = pa.chunked_array(
                [pa.nulls(table.num_rows, contract.schema.field(promised.name).type)]
            )
            continue
        given = table.column(promised.name)
        columns[promised.name] = _fitted(promised.name, given, promised.type, faults)
        if promised.required and given.null_count:
            faults.append((NULL, promised.name, pc.is_null(given)))
    for name in unpromised:
        given = table.column(name)
        extras.setdefault(name, found_type(given.type))
        columns[name] = _fitted(name, given, extras[name], faults)
    return _parted(pa.table(columns), faults, lambda keep_out: table.filter(keep_out).to_pylist())


def _fitted(name: str, given: pa.ChunkedArray, kind: Type, faults: list[tuple[str, str, pa.ChunkedArray]]) -> Any:
    fitted, wrong = fit_array(given, kind)
    if wrong is not None:
        faults.append((MISTYPED, name, pc.fill_null(wrong, False)))
    return fitted


def judge_records(contract: Contract, records: Records, extras: Extras) -> Judged:
    """Judge records that came one by one. `extras` grows as in `judge_table`."""
    rows = records.rows
    seen = {name: None for row in rows for name in row}
    unpromised = _unpromised(contract, seen)
    columns: dict[str, pa.Array] = {}
    faults: list[tuple[str, str, pa.ChunkedArray]] = []
    for promised in contract.fields:
        given = [row.get(promised.name) for row in rows]
        columns[promised.name] = _fitted_list(promised.name, given, promised.type, faults)
        if promised.required:
            absent = [promised.name not in row for row in rows]
            empty = [value is None for value in given]
            faults += [(MISSING, promised.name, _bools(absent))] if any(absent) else []
            faults += [(NULL, promised.name, _bools(empty))] if any(empty) else []
    for name in unpromised:
        given = [row.get(name) for row in rows]
        extras.setdefault(name, _type_of(given))
        columns[name] = _fitted_list(name, given, extras[name], faults)
    judged = _parted(
        pa.table(columns), faults, lambda out: [r for r, o in zip(rows, out.to_pylist(), strict=True) if o]
    )
    judged.refusals += [Refusal(b.reason, None, _json(b.text)) for b in records.broken]
    return judged


def _fitted_list(
    name: str, given: Sequence[Any], kind: Type, faults: list[tuple[str, str, pa.ChunkedArray]]
) -> pa.Array:
    fitted, bad = fit_list(given, kind)
    if bad:
        wrong = set(bad)
        faults.append((MISTYPED, name, _bools([i in wrong for i in range(len(given))])))
    return fitted


def _bools(values: Sequence[bool]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.bool_())])


def _type_of(values: Iterable[Any]) -> Type:
    kinds = {type(v) for v in values if v is not None}
    if kinds & {dict, list}:
        return Type.JSON
    for kind, accepted in ((Type.BOOL, {bool}), (Type.INT, {int}), (Type.FLOAT, {int, float})):
        if kinds and kinds <= accepted:
            return kind
    return Type.STRING


def _unpromised(contract: Contract, names: Iterable[str]) -> list[str]:
    promised = {f.name for f in contract.fields}
    lowered = {n.lower(): n for n in (*promised, LOADED_AT, SOURCE_FILE)}
    extra = [n for n in names if n not in promised]
    for name in extra:
        if name.lower() in lowered:
            raise Unreadable(f"its field {name} can be mistaken for {lowered[name.lower()]}")
        lowered[name.lower()] = name
    return extra


def _null_in_required(contract: Contract, table: pa.Table) -> bool:
    return any(f.required and table.column(f.name).null_count for f in contract.fields)


def _parted(rows: pa.Table, faults: Sequence[tuple[str, str, pa.ChunkedArray]], out_of: Any) -> Judged:
    """Keep the rows without a fault; a row with several is refused for its first."""
    if not faults:
        return Judged(rows)
    first: dict[int, tuple[str, str]] = {}
    for reason, name, mask in faults:
        for place in pc.indices_nonzero(mask).to_pylist():
            first.setdefault(place, (reason, name))
    bad = pa.chunked_array([pa.array([i in first for i in range(rows.num_rows)], pa.bool_())])
    records = out_of(bad)
    refusals = [
        Refusal(reason, name, _json(record))
        for (_, (reason, name)), record in zip(sorted(first.items()), records, strict=True)
    ]
    return Judged(rows.filter(pc.invert(bad)), refusals)


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        # Numbers beyond 64 bits and halves of characters: the standard library can tell them.
        return json.dumps(value, default=str)


def extras_of(contract: Contract, schema: pa.Schema) -> Extras:
    """The unpromised fields that a raw table has columns for already."""
    promised = {f.name for f in contract.fields} | {LOADED_AT, SOURCE_FILE}
    return {f.name: found_type(f.type) for f in schema if f.name not in promised}


def clean_footer(contract: Contract, footer: Any) -> bool:
    """Whether a Parquet file can be taken as it is: the promised columns and types, no null in a required one.

    Judged by the file's end alone; a column without statistics counts as unclean.
    """
    if not footer.schema.to_arrow_schema().equals(contract.schema):
        return False
    required = [i for i, f in enumerate(contract.fields) if f.required]
    for group in range(footer.num_row_groups):
        row_group = footer.row_group(group)
        for column in required:
            statistics = row_group.column(column).statistics
            if statistics is None or not statistics.has_null_count or statistics.null_count:
                return False
    return bool(footer.num_row_groups)


def whole_file(reason: str, path: str, sha256: str, rows: int, kept_file: str, code: str = UNREADABLE) -> Refusal:
    """The refusal of a file as a whole."""
    told: Mapping[str, object] = {"file": path, "why": reason, "sha256": sha256, "rows": rows}
    return Refusal(code, None, _json(told), rows, kept_file)
