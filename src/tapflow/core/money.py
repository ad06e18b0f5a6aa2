"""Money is an integer of minor units (cents); these are the only roundings of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

CURRENCIES = ("USD", "EUR", "GBP")


def round_minor(amount: ArrayLike) -> NDArray[np.int64]:
    """Round amounts in minor units to whole ones, half to even. Any shape in, the same out."""
    return np.rint(np.asarray(amount, dtype=np.float64)).astype(np.int64)


def share_minor(total_minor: int, weights: ArrayLike) -> NDArray[np.int64]:
    """Split a total over weights so that the parts sum to it exactly.

    Cumulative shares are rounded and differenced. All weights zero gives all to the first.
    """
    weight = np.asarray(weights, dtype=np.float64)
    whole = weight.sum()
    if whole <= 0:
        parts = np.zeros(len(weight), dtype=np.int64)
        parts[0] = total_minor
        return parts
    edges = round_minor(total_minor * np.cumsum(weight) / whole)
    edges[-1] = total_minor
    return np.diff(edges, prepend=0)


def divide_half_even(numerator: ArrayLike, denominator: ArrayLike) -> NDArray[np.int64]:
    """Whole-number division of non-negative integers, rounded half to even; exact, unlike floats."""
    top, bottom = np.asarray(numerator, dtype=np.int64), np.asarray(denominator, dtype=np.int64)
    quotient, rest = np.divmod(top, bottom)
    up = (2 * rest > bottom) | ((2 * rest == bottom) & (quotient % 2 == 1))
    return np.asarray(quotient + up, dtype=np.int64)
