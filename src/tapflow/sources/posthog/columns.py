"""Building PostHog's columns in bulk: many events share few values, so values are looked up, not made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from tapflow.core.ids import mix, namespace_salt
from tapflow.core.schema import Type
from tapflow.sources.posthog.objects import EVENTS

_ARROW = {Type.TIMESTAMP: pa.timestamp("us")}
EVENT_SCHEMA = pa.schema([(f.name, _ARROW.get(f.type, pa.string())) for f in EVENTS.fields])

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_DASHES = (8, 13, 18, 23)
_PLACES = [i for i in range(36) if i not in _DASHES]


def uuids(namespace: str, numbers: ArrayLike) -> pa.Array:
    """UUIDs as `core.ids.uuid` spells them, a whole column at a time: a pure function of the number."""
    salt, low_salt = namespace_salt(namespace), namespace_salt(namespace + "/low")
    high = mix(np.atleast_1d(numbers), salt)
    low = mix(high, low_salt)
    letters = np.full((len(high), 36), ord("-"), dtype=np.uint8)
    for half, part in enumerate((high, low)):
        nibbles = part.astype(">u8").view(np.uint8).reshape(-1, 8)
        letters[:, _PLACES[16 * half : 16 * half + 16 : 2]] = _HEX[nibbles >> 4]
        letters[:, _PLACES[16 * half + 1 : 16 * half + 16 : 2]] = _HEX[nibbles & 15]
    letters[:, _PLACES[17]] = letters[:, _PLACES[12]]
    letters[:, _PLACES[12]] = ord("4")
    letters[:, _PLACES[16]] = ord("a")
    offsets = np.arange(0, 36 * (len(high) + 1), 36, dtype=np.int32)
    return pa.StringArray.from_buffers(len(high), pa.py_buffer(offsets), pa.py_buffer(letters.tobytes()))


def looked_up(values: Sequence[str | None], index: NDArray[np.int64]) -> pa.Array:
    """The column whose rows are `values[index]`; an index below zero gives null."""
    picks = pa.array(index, mask=index < 0)
    return pa.array(values, pa.string()).take(picks)


def event_table(columns: Mapping[str, Any], count: int) -> pa.Table:
    """A table of EVENT_SCHEMA; what is not given is null. `timestamp` may be int64 microseconds."""
    arrays = []
    for field in EVENT_SCHEMA:
        value = columns.get(field.name)
        if value is None:
            arrays.append(pa.nulls(count, field.type))
        elif isinstance(value, pa.Array):
            arrays.append(value)
        else:
            arrays.append(pa.array(value).cast(field.type))
    return pa.Table.from_arrays(arrays, schema=EVENT_SCHEMA)
