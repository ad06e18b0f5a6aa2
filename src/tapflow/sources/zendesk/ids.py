"""Zendesk's numeric ids: each object in a range of its own, as one account's numbers lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.core.vendor_ids import ZENDESK_ORGANIZATIONS, ZENDESK_USERS

_BASE = {"organization": ZENDESK_ORGANIZATIONS, "user": ZENDESK_USERS, "agent": 37_900_000_000, "ticket": 0}
_BASE |= {"audit": 41_000_000_000, "comment": 42_000_000_000, "rating": 43_000_000_000, "metric": 44_000_000_000}


def zendesk_id(kind: str, rows: ArrayLike) -> NDArray[np.int64]:
    """The id of an internal row: tickets count from one, other objects from their range's start."""
    return np.asarray(rows, dtype=np.int64) + _BASE[kind] + 1
