"""What Stripe's records share: currencies, optional values, metadata and JSON by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.core.money import CURRENCIES

Objects = NDArray[np.object_]
Ints = NDArray[np.int64]
_LOWER = np.array([c.lower() for c in CURRENCIES], dtype=object)


def currency_codes(currency: ArrayLike) -> Objects:
    """Stripe's lower-case codes of currency numbers."""
    return np.asarray(_LOWER[np.asarray(currency, dtype=np.int64)])


def optional(values: ArrayLike, there: ArrayLike) -> Objects:
    """Values where they are there, null elsewhere."""
    out = np.array(values, dtype=object)
    out[~np.asarray(there, dtype=bool)] = None
    return out


def texts(values: Iterable[Any]) -> Objects:
    """Texts (or nulls) as an object array."""
    listed = list(values)
    out = np.empty(len(listed), dtype=object)
    out[:] = listed
    return out


def every(count: int, value: Any) -> Objects:
    """One value for every row."""
    out = np.empty(count, dtype=object)
    out[:] = value
    return out


def product_names(company: Company) -> Objects:
    """Products' names by row."""
    return np.array([p.name for p in company.scenario.plans.products], dtype=object)
