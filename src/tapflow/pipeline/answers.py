"""Rows as an answer on stdout: a table for people, CSV or JSON for programs."""

from __future__ import annotations

import base64
import csv
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TextIO

import pyarrow as pa

from tapflow.pipeline.screen import Screen

FORMATS = ("table", "csv", "json")
SHOWN_ROWS = 1000  # of a table; programs get every row


def show(rows: pa.Table, form: str, screen: Screen | None = None, out: TextIO | None = None) -> None:
    """Print rows in a form of FORMATS. JSON is one list of objects."""
    out = out or sys.stdout
    if form == "csv":
        _csv(rows, out)
    elif form == "json":
        _json(rows, out)
    else:
        _table(rows, screen or Screen())


def _csv(rows: pa.Table, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows.column_names)
    for batch in rows.to_batches():
        columns = [column.to_pylist() for column in batch.columns]
        writer.writerows([_text(v) for v in row] for row in zip(*columns, strict=True))


def _json(rows: pa.Table, out: TextIO) -> None:
    names = rows.column_names
    out.write("[")
    separator = "\n"
    for batch in rows.to_batches():
        columns = [column.to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            value = dict(zip(names, (plain(v) for v in row), strict=True))
            out.write(separator + json.dumps(value, ensure_ascii=False, allow_nan=False))
            separator = ",\n"
    out.write("\n]\n")


def _table(rows: pa.Table, screen: Screen) -> None:
    shown = rows.slice(0, SHOWN_ROWS)
    numeric = [f.name for f in rows.schema if _is_number(f.type)]
    columns = [column.to_pylist() for column in shown.columns]
    # Two columns may share a name: they stand by position, so that none is lost.
    screen.table(rows.column_names, ([_text(v) for v in row] for row in zip(*columns, strict=True)), numeric=numeric)
    if rows.num_rows > SHOWN_ROWS:
        screen.say(f"{SHOWN_ROWS:,} of {rows.num_rows:,} rows are shown; --format csv gives them all.")


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, bytes | list | dict | tuple):
        return json.dumps(plain(value), ensure_ascii=False)
    return str(value)


def plain(value: Any) -> Any:
    """A value as JSON can hold it: instants and dates as ISO 8601, decimals and infinities as text."""
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(v) for v in value]
    return value
