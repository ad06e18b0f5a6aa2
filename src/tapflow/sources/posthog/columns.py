"""Building PostHog's columns in bulk: many events share few values, so values are looked up, not made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from tapflow.core.ids import mix, namespace_salt
from tapflow.core.schema import Type
from tapflow.sources.posthog.objects import EVENTS

_ARROW = {Type.TIMESTAMP: pa.timestamp("us")}
EVENT_SCHEMA = pa.schema([(f.name, _ARROW.get(f.type, pa.string())) for f in EVENTS.fields])

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def uuids(namespace: str, numbers: ArrayLike) -> pa.Array:
    """UUIDs as `core.ids.uuid` spells them, a whole column at a time: a pure function of the number."""
    high = mix(np.atleast_1d(numbers), namespace_salt(namespace))
    low = mix(high, namespace_salt(namespace + "/low"))
    # Version and variant bits, the high half's lost ones kept in the low half's second digit.
    lost = (high >> np.uint64(12)) & np.uint64(15)
    high = (high & ~np.uint64(0xF000)) | np.uint64(0x4000)
    low = (low & np.uint64(0x00FFFFFFFFFFFFFF)) | np.uint64(0xA000000000000000) | (lost << np.uint64(56))
    return spelled(high, low)


def time_uuids(milliseconds: ArrayLike, number: ArrayLike) -> pa.Array:
    """UUIDs of version 7: the instant first, then a number (below 2^60) that tells equals apart.

    PostHog's clients make these; sorted by time they compress to a few bytes.
    """
    milli = np.atleast_1d(np.asarray(milliseconds, dtype=np.int64)).astype(np.uint64)
    rest = np.atleast_1d(np.asarray(number, dtype=np.int64)).astype(np.uint64)
    low_bits = np.uint64(48)
    high = (milli << np.uint64(16)) | np.uint64(0x7000) | (rest >> low_bits)
    low = np.uint64(0xA000000000000000) | (rest & np.uint64((1 << 48) - 1))
    return spelled(high, low)


def spelled(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> pa.Array:
    """The column of UUIDs whose halves these are."""
    letters = np.empty((len(high), 36), dtype=np.uint8)
    _write_uuids(high, low, _HEX, letters)
    offsets = np.arange(0, 36 * (len(letters) + 1), 36, dtype=np.int32)
    return pa.StringArray.from_buffers(len(letters), pa.py_buffer(offsets), pa.py_buffer(letters))


@numba.njit(cache=True, nogil=True)
def _write_uuids(
    high: NDArray[np.uint64], low: NDArray[np.uint64], hexes: NDArray[np.uint8], letters: NDArray[np.uint8]
) -> None:
    for i in range(len(high)):
        place = 0
        for digit in range(32):
            if digit == 8 or digit == 12 or digit == 16 or digit == 20:
                letters[i, place] = 45  # a dash
                place += 1
            half = high[i] if digit < 16 else low[i]
            letters[i, place] = hexes[(half >> np.uint64(4 * (15 - (digit & 15)))) & np.uint64(15)]
            place += 1


def looked_up(values: Sequence[str | None], index: NDArray[np.int64]) -> pa.Array:
    """The column whose rows are `values[index]`; an index below zero gives null."""
    return coded(values, index).array()


@dataclass(frozen=True)
class Coded:
    """A column whose rows are `values[index]`; an index below zero is null.

    Sorting and picking rows moves the index; each text is written once, at the end.
    """

    values: pa.Array
    index: NDArray[np.int64]

    def of(self, rows: NDArray[np.int64]) -> Coded:
        """The column of these rows."""
        return Coded(self.values, self.index[rows])

    def array(self) -> pa.Array:
        """The column written out."""
        null = self.index < 0
        return self.values.take(pa.array(self.index, mask=null if null.any() else None))


def coded(values: Sequence[str | None] | pa.Array, index: ArrayLike) -> Coded:
    """The column whose rows are `values[index]`."""
    texts = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    return Coded(texts, np.asarray(index, dtype=np.int64))


def each(values: pa.Array) -> Coded:
    """The column that has a value of its own for every row."""
    return Coded(values, np.arange(len(values), dtype=np.int64))


def instants(microseconds: NDArray[np.int64]) -> Coded:
    """A column of instants, from epoch microseconds."""
    return each(pa.array(microseconds).view(pa.timestamp("us")))


@dataclass(frozen=True)
class Events:
    """Some events: columns by their names in EVENT_SCHEMA; one that is not given is null."""

    count: int
    columns: Mapping[str, Coded]


def event_table(parts: Sequence[Events], by: Sequence[str] = ()) -> pa.Table:
    """The events of all parts as a table of EVENT_SCHEMA, sorted by the columns `by`, which lack no value."""
    whole = {field.name: _joined(parts, field) for field in EVENT_SCHEMA}
    if by:
        keys = pa.table({name: whole[name].array() for name in by})
        order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in by]).to_numpy()
        whole = {name: column.of(order) for name, column in whole.items()}
    return pa.Table.from_arrays([whole[field.name].array() for field in EVENT_SCHEMA], schema=EVENT_SCHEMA)


def _joined(parts: Sequence[Events], field: pa.Field) -> Coded:
    values: list[pa.Array] = [pa.array([], field.type)]
    index, known = [], 0
    for part in parts:
        column = part.columns.get(field.name)
        if column is None:
            index.append(np.full(part.count, -1, dtype=np.int64))
            continue
        index.append(np.where(column.index < 0, -1, column.index + known))
        values.append(column.values)
        known += len(column.values)
    return Coded(pa.concat_arrays(values), np.concatenate(index))
