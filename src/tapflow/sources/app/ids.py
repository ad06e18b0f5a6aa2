"""Primary keys of the product database: identity columns that count from one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def key(rows: ArrayLike) -> NDArray[np.int64]:
    """The primary key of an internal row, in any table of the product database."""
    return np.asarray(rows, dtype=np.int64) + 1
