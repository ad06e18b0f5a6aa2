"""Counter-based random numbers.

A draw is a pure function of (seed, purpose, day, entity, draw number): no stream is consumed,
so the order of processes, the number of workers, and whether a day runs for the first or the
second time change nothing. The mixing is SplitMix64's finaliser applied per part of the
counter (Steele, Lea, Flood 2014; the counter idea: Salmon et al. 2011).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MUL1 = np.uint64(0xBF58476D1CE4E5B9)
_MUL2 = np.uint64(0x94D049BB133111EB)
_MASK = 0xFFFFFFFFFFFFFFFF
_TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53


@numba.njit(cache=True, nogil=True)
def mix64(x: np.uint64) -> np.uint64:
    """SplitMix64's finaliser: a bijection of 64-bit integers."""
    x = (x ^ (x >> np.uint64(30))) * _MUL1
    x = (x ^ (x >> np.uint64(27))) * _MUL2
    return x ^ (x >> np.uint64(31))


@numba.njit(cache=True, nogil=True)
def unit(key: np.uint64, entity: np.int64, draw: np.int64) -> float:
    """A number in [0, 1) for (key, entity, draw); `key` comes from `Chance.key`. For compiled loops."""
    x = mix64(key + np.uint64(entity) * _GOLDEN)
    x = mix64(x + np.uint64(draw) * _MUL2)
    return np.float64(x >> np.uint64(11)) * _TO_UNIT


@numba.njit(cache=True, nogil=True)
def _units(key: np.uint64, entity: Ints, draw: np.int64) -> Floats:
    out = np.empty(entity.shape[0], dtype=np.float64)
    for i in range(entity.shape[0]):
        out[i] = unit(key, entity[i], draw)
    return out


@numba.njit(cache=True, nogil=True)
def _poissons(key: np.uint64, entity: Ints, rate: Floats) -> Ints:
    # Knuth's product of uniforms below 30, where it is exact and short; above, a rounded normal.
    out = np.empty(entity.shape[0], dtype=np.int64)
    for i in range(entity.shape[0]):
        lam = rate[i]
        if lam <= 0.0:
            out[i] = 0
        elif lam < 30.0:
            limit, product, k = np.exp(-lam), 1.0, np.int64(0)
            while True:
                product *= unit(key, entity[i], k)
                if product <= limit:
                    break
                k += 1
            out[i] = k
        else:
            u = max(unit(key, entity[i], 0), 1e-16)
            v = unit(key, entity[i], 1)
            z = np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v)
            out[i] = max(np.int64(0), np.int64(np.rint(lam + np.sqrt(lam) * z)))
    return out


@lru_cache(maxsize=4096)
def _purpose(purpose: str) -> int:
    return int.from_bytes(hashlib.blake2b(purpose.encode(), digest_size=8).digest(), "little")


class Chance:
    """The random numbers of one day (or, with day 0, of things fixed for ever).

    Every method takes a `purpose` (a name unique to the decision), the entities' numbers, and
    answers one value an entity. Use another purpose, or another `draw`, for another decision.
    """

    def __init__(self, seed: int, day: int = 0) -> None:
        self.seed, self.day = int(seed), int(day)
        self._base = _mixed(_mixed(self.seed + int(_GOLDEN)) + self.day * int(_GOLDEN))

    def key(self, purpose: str) -> np.uint64:
        """The 64-bit key of a purpose on this day, for `unit` in compiled loops."""
        return np.uint64(_mixed(self._base ^ _purpose(purpose)))

    def uniform(self, purpose: str, entity: ArrayLike, draw: int = 0) -> Floats:
        """Uniform in [0, 1)."""
        numbers = np.atleast_1d(np.asarray(entity, dtype=np.int64))
        return np.asarray(_units(self.key(purpose), numbers, draw))

    def happens(self, purpose: str, entity: ArrayLike, probability: ArrayLike) -> NDArray[np.bool_]:
        """True with the given probability."""
        return np.asarray(self.uniform(purpose, entity) < np.asarray(probability))

    def normal(self, purpose: str, entity: ArrayLike, draw: int = 0) -> Floats:
        """Standard normal, by Box and Muller."""
        u = np.maximum(self.uniform(purpose, entity, 2 * draw), 1e-16)
        v = self.uniform(purpose, entity, 2 * draw + 1)
        return np.asarray(np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v))

    def lognormal(self, purpose: str, entity: ArrayLike, median: ArrayLike, sigma: float, draw: int = 0) -> Floats:
        """Log-normal with the given median and sigma of the logarithm."""
        return np.asarray(np.asarray(median) * np.exp(sigma * self.normal(purpose, entity, draw)))

    def exponential(self, purpose: str, entity: ArrayLike, mean: ArrayLike, draw: int = 0) -> Floats:
        """Exponential with the given mean."""
        return np.asarray(-np.asarray(mean) * np.log1p(-self.uniform(purpose, entity, draw)))

    def poisson(self, purpose: str, entity: ArrayLike, rate: ArrayLike) -> Ints:
        """Poisson counts with the given rate."""
        numbers = np.atleast_1d(np.asarray(entity, dtype=np.int64))
        rates = np.broadcast_to(np.asarray(rate, dtype=np.float64), numbers.shape)
        return np.asarray(_poissons(self.key(purpose), numbers, np.ascontiguousarray(rates)))

    def integers(self, purpose: str, entity: ArrayLike, low: int, high: int, draw: int = 0) -> Ints:
        """Whole numbers in [low, high)."""
        return np.asarray(low + (self.uniform(purpose, entity, draw) * (high - low)).astype(np.int64))

    def choice(self, purpose: str, entity: ArrayLike, weights: ArrayLike, draw: int = 0) -> Ints:
        """An index drawn by weight; weights of one dimension for all, or a row for each entity."""
        u = self.uniform(purpose, entity, draw)
        edges = np.cumsum(np.asarray(weights, dtype=np.float64), axis=-1)
        if edges.ndim == 1:
            found = np.searchsorted(edges, u * edges[-1], side="right")
        else:
            found = (edges <= (u * edges[:, -1])[:, None]).sum(axis=1)
        return np.asarray(np.minimum(found, edges.shape[-1] - 1), dtype=np.int64)


def _mixed(x: int) -> int:
    # `mix64` on Python's integers: a key is made a few thousand times a day, one at a time.
    x &= _MASK
    x = ((x ^ (x >> 30)) * int(_MUL1)) & _MASK
    x = ((x ^ (x >> 27)) * int(_MUL2)) & _MASK
    return x ^ (x >> 31)
