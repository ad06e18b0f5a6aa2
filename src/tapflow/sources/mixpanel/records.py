"""A day's raw export of Mixpanel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.product.events import event_names
from tapflow.sources.posthog.columns import looked_up
from tapflow.sources.posthog.product_records import captured, distinct_ids

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def records(company: Company, day: Day) -> dict[str, Mapping[str, Any]]:
    """The named events that arrived on the day, by time; nothing when there were none."""
    names, seen = event_names(company.scenario.product), captured(day)
    if seen is None:
        return {}
    named = np.array([not name.startswith("$") for name in names])
    rows = np.flatnonzero(named[seen["event"]])
    if len(rows) == 0:
        return {}
    user, sequence = seen["user"][rows], seen["sequence"][rows].astype(np.int64)
    return {
        "export": {
            "insert_id": _insert_ids(seen["at"][rows] // 86_400, user, sequence),
            "event": looked_up(names, seen["event"][rows].astype(np.int64)),
            "distinct_id": distinct_ids(user),
            "time": seen["at"][rows] * 1_000_000,
        }
    }


def _insert_ids(day: np.ndarray, user: np.ndarray, sequence: np.ndarray) -> pa.Array:
    # Sixteen hexadecimal letters: four of the day, eight of the person, four of the sequence.
    value = (day << 48) | (user << 16) | sequence
    letters = np.empty((len(value), 16), dtype=np.uint8)
    for place in range(16):
        letters[:, place] = _HEX[(value >> (4 * (15 - place))) & 15]
    offsets = np.arange(0, 16 * (len(value) + 1), 16, dtype=np.int32)
    return pa.StringArray.from_buffers(len(value), pa.py_buffer(offsets), pa.py_buffer(letters.tobytes()))
