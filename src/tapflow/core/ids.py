"""Identifiers in the vendors' shapes, derived from internal row numbers.

Every id is a pure function of (namespace, number), so that a day simulated again gives the
same ids, and no counter is shared. Distinct numbers give distinct ids: the number passes
through a 64-bit bijection before it is spelled out.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

_BASE62 = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_CHECKSUM = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_BESIDE_DASHES = [i for i in range(36) if i not in (8, 13, 18, 23)]


@lru_cache(maxsize=1024)
def namespace_salt(namespace: str) -> np.uint64:
    """The constant that keeps one namespace's ids apart from another's."""
    return np.uint64(int.from_bytes(hashlib.blake2b(namespace.encode(), digest_size=8).digest(), "little"))


def mix(values: ArrayLike, salt: np.uint64) -> NDArray[np.uint64]:
    """A bijection of 64-bit integers (the finaliser of SplitMix64, Steele et al. 2014)."""
    numbers = np.asarray(values).astype(np.uint64)
    return np.asarray(_mixed(numbers.reshape(-1), salt)).reshape(numbers.shape)


# Ids are made a few at a time, hundreds of times a day: compiled, a call costs less than one of NumPy's operations.
@numba.njit(cache=True, nogil=True)
def _mixed(numbers: NDArray[np.uint64], salt: np.uint64) -> NDArray[np.uint64]:
    out = np.empty_like(numbers)
    for i in range(len(numbers)):
        x = numbers[i] + salt
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        out[i] = x ^ (x >> np.uint64(31))
    return out


@numba.njit(cache=True, nogil=True)
def _spell(
    values: NDArray[np.uint64], alphabet: NDArray[np.uint8], letters: NDArray[np.uint8], first: int, last: int
) -> None:
    """Write the values' last digits, in the base of the alphabet, into columns `first` to `last` of the letters."""
    base = np.uint64(len(alphabet))
    for i in range(len(values)):
        rest = values[i]
        for place in range(last, first - 1, -1):
            letters[i, place] = alphabet[rest % base]
            rest = rest // base


def _blank(count: int, text: str) -> NDArray[np.uint8]:
    """Rows of letters that all read `text`."""
    return np.tile(np.frombuffer(text.encode("ascii"), dtype=np.uint8), (count, 1))


def _strings(letters: NDArray[np.uint8]) -> NDArray[np.object_]:
    width = letters.shape[1]
    return letters.reshape(-1).view(f"S{width}").astype(f"U{width}").astype(object)


def opaque(prefix: str, namespace: str, numbers: ArrayLike, length: int = 14) -> NDArray[np.object_]:
    """Ids such as `cus_Na6dX7aXxi11N4`: a prefix and base-62 letters (at least 11, to stay distinct)."""
    mixed = mix(np.atleast_1d(numbers), namespace_salt(namespace))
    begin, more = len(prefix), max(0, min(11, length - 11))
    letters = _blank(len(mixed), prefix + "0" * (more + 11))
    _spell(mixed, _BASE62, letters, begin + more, begin + more + 10)
    if more:
        # Of the tail's eleven digits the first ones are taken.
        tail = mix(mixed, namespace_salt(namespace + "/tail")) // np.uint64(62 ** (11 - more))
        _spell(tail, _BASE62, letters, begin, begin + more - 1)
    return _strings(letters)


def uuid(namespace: str, numbers: ArrayLike) -> NDArray[np.object_]:
    """UUIDs (version 4 in form) that are a pure function of the number."""
    high = mix(np.atleast_1d(numbers), namespace_salt(namespace))
    low = mix(high, namespace_salt(namespace + "/low"))
    hexes = np.empty((len(high), 32), dtype=np.uint8)
    _spell(high, _HEX, hexes, 0, 15)
    _spell(low, _HEX, hexes, 16, 31)
    # The low half, apart from its variant bits, tells nothing; the high half keeps ids distinct
    # but for the four version bits, which the low half repeats.
    hexes[:, 17] = hexes[:, 12]
    hexes[:, 12] = ord("4")
    hexes[:, 16] = ord("a")
    letters = _blank(len(high), "-" * 36)
    letters[:, _BESIDE_DASHES] = hexes
    return _strings(letters)


def salesforce(key_prefix: str, namespace: str, numbers: ArrayLike) -> NDArray[np.object_]:
    """18-character Salesforce ids: 3 of the object's prefix, 12 of the record, 3 of the case checksum."""
    mixed = mix(np.atleast_1d(numbers), namespace_salt(namespace))
    letters = _blank(len(mixed), key_prefix + "5" + "0" * 14)
    _spell(mixed, _BASE62, letters, 4, 14)
    fifteen = letters[:, :15]
    capital = ((fifteen >= ord("A")) & (fifteen <= ord("Z"))).reshape(len(mixed), 3, 5)
    letters[:, 15:] = _CHECKSUM[capital @ np.array([1, 2, 4, 8, 16])]
    return _strings(letters)
