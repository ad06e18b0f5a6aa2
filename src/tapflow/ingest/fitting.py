"""Making values fit the type that a contract promises, or telling which do not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from tapflow.core.schema import Type
from tapflow.ingest.contract import ARROW

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_INT64 = range(-(2**63), 2**63)


def fit_array(values: pa.ChunkedArray, kind: Type) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None]:
    """A column in the promised type, and a mask of the values that cannot be (None when all can).

    Unfitting values are null in the answer. Whole columns are cast at once where Arrow's cast
    means the same as ours; else each distinct value is judged once.
    """
    target = ARROW[kind]
    if values.type == target:
        return values, None
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if _same_meaning(values.type, kind):
        try:
            return values.cast(target), None
        except pa.ArrowInvalid:
            pass
    return _fit_each(values, kind)


def _same_meaning(have: pa.DataType, kind: Type) -> bool:
    if pa.types.is_null(have):
        return True
    if kind is Type.INT:
        return bool(pa.types.is_integer(have) or pa.types.is_floating(have))
    if kind is Type.FLOAT:
        return bool(pa.types.is_integer(have) or pa.types.is_floating(have) or pa.types.is_decimal(have))
    if kind is Type.STRING:
        return bool(pa.types.is_integer(have) or pa.types.is_large_string(have))
    if kind is Type.TIMESTAMP:
        return bool(pa.types.is_timestamp(have) and have.unit != "ns")
    return kind is Type.JSON and bool(pa.types.is_large_string(have))


def _fit_each(values: pa.ChunkedArray, kind: Type) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None]:
    plain = values.combine_chunks()
    if pa.types.is_nested(plain.type):
        fitted, bad = fit_list(plain.to_pylist(), kind)
        return pa.chunked_array([fitted]), _mask(bad, len(values))
    encoded = plain.dictionary_encode()
    fitted, bad_distinct = fit_list(encoded.dictionary.to_pylist(), kind)
    answer = fitted.take(encoded.indices)
    if not bad_distinct:
        return pa.chunked_array([answer]), None
    wrong = pc.is_in(encoded.indices, value_set=pa.array(bad_distinct, encoded.indices.type))
    return pa.chunked_array([answer]), pa.chunked_array([wrong])


def _mask(bad: Sequence[int], size: int) -> pa.ChunkedArray | None:
    if not bad:
        return None
    wrong = set(bad)
    return pa.chunked_array([pa.array([i in wrong for i in range(size)])])


def fit_list(values: Sequence[Any], kind: Type) -> tuple[pa.Array, list[int]]:
    """Python values as an array of the promised type, and the places of those that do not fit."""
    fit = _FITS[kind]
    answer: list[Any] = []
    bad: list[int] = []
    for place, value in enumerate(values):
        try:
            answer.append(None if value is None else fit(value))
        except (ValueError, TypeError, OverflowError):
            answer.append(None)
            bad.append(place)
    return pa.array(answer, ARROW[kind]), bad


def _string(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(value)


def _int(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError(value)
    if isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            raise ValueError(value)
        value = int(value)
    number = int(value) if isinstance(value, int | float | Decimal) else None
    if number is None or number != value or number not in _INT64:
        raise ValueError(value)
    return number


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise TypeError(value)
    number = float(value)
    if isinstance(value, str) and not math.isfinite(number):
        raise ValueError(value)
    return number


def _bool(value: Any) -> bool:
    named = {"true": True, "false": False, "1": True, "0": False}
    return value if isinstance(value, bool) else named[str(value).lower()]


def _timestamp(value: Any) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        raise TypeError(value)
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value


def _date(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, datetime):
        if value.time() != datetime.min.time():
            raise ValueError(value)
        return value.date()
    if not isinstance(value, date):
        raise TypeError(value)
    return value


def _json(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()


def _bool_or_error(value: Any) -> bool:
    try:
        return _bool(value)
    except KeyError:
        raise ValueError(value) from None


_FITS: Mapping[Type, Callable[[Any], Any]] = {
    Type.STRING: _string,
    Type.INT: _int,
    Type.FLOAT: _float,
    Type.BOOL: _bool_or_error,
    Type.TIMESTAMP: _timestamp,
    Type.DATE: _date,
    Type.JSON: _json,
}


def found_type(have: pa.DataType) -> Type:
    """The type that an unpromised field gets in the raw table, from what its file holds."""
    if pa.types.is_boolean(have):
        return Type.BOOL
    if pa.types.is_integer(have):
        return Type.INT
    if pa.types.is_floating(have) or pa.types.is_decimal(have):
        return Type.FLOAT
    if pa.types.is_timestamp(have):
        return Type.TIMESTAMP
    if pa.types.is_date(have):
        return Type.DATE
    return Type.JSON if pa.types.is_nested(have) else Type.STRING
