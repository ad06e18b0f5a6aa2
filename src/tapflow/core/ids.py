"""Identifiers in the vendors' shapes, derived from internal row numbers.

Every id is a pure function of (namespace, number), so that a day simulated again gives the
same ids, and no counter is shared. Distinct numbers give distinct ids: the number passes
through a 64-bit bijection before it is spelled out.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

_BASE62 = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_CHECKSUM = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def namespace_salt(namespace: str) -> np.uint64:
    """The constant that keeps one namespace's ids apart from another's."""
    return np.uint64(int.from_bytes(hashlib.blake2b(namespace.encode(), digest_size=8).digest(), "little"))


def mix(values: ArrayLike, salt: np.uint64) -> NDArray[np.uint64]:
    """A bijection of 64-bit integers (the finaliser of SplitMix64, Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        x = np.asarray(values).astype(np.uint64) + salt
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(x ^ (x >> np.uint64(31)))


def _spell(values: NDArray[np.uint64], alphabet: NDArray[np.uint8], length: int) -> NDArray[np.uint8]:
    base = np.uint64(len(alphabet))
    out = np.empty((len(values), length), dtype=np.uint8)
    rest = values.copy()
    for position in range(length - 1, -1, -1):
        rest, digit = np.divmod(rest, base)
        out[:, position] = alphabet[digit]
    return out


def _strings(letters: NDArray[np.uint8]) -> NDArray[np.object_]:
    width = letters.shape[1]
    return letters.reshape(-1).view(f"S{width}").astype(f"U{width}").astype(object)


def opaque(prefix: str, namespace: str, numbers: ArrayLike, length: int = 14) -> NDArray[np.object_]:
    """Ids such as `cus_Na6dX7aXxi11N4`: a prefix and base-62 letters (at least 11, to stay distinct)."""
    mixed = mix(np.atleast_1d(numbers), namespace_salt(namespace))
    head = _spell(mixed, _BASE62, 11)
    tail = _spell(mix(mixed, namespace_salt(namespace + "/tail")), _BASE62, 11)[:, : max(0, length - 11)]
    return np.asarray(prefix + _strings(np.hstack([tail, head])), dtype=object)


def uuid(namespace: str, numbers: ArrayLike) -> NDArray[np.object_]:
    """UUIDs (version 4 in form) that are a pure function of the number."""
    high = mix(np.atleast_1d(numbers), namespace_salt(namespace))
    low = mix(high, namespace_salt(namespace + "/low"))
    hexes = np.hstack([_spell(high, _HEX, 16), _spell(low, _HEX, 16)])
    # The low half, apart from its variant bits, tells nothing; the high half keeps ids distinct
    # but for the four version bits, which the low half repeats.
    hexes[:, 17] = hexes[:, 12]
    hexes[:, 12] = ord("4")
    hexes[:, 16] = ord("a")
    text = _strings(hexes)
    return np.array([f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}" for t in text], dtype=object)


def salesforce(key_prefix: str, namespace: str, numbers: ArrayLike) -> NDArray[np.object_]:
    """18-character Salesforce ids: 3 of the object's prefix, 12 of the record, 3 of the case checksum."""
    mixed = mix(np.atleast_1d(numbers), namespace_salt(namespace))
    body = np.hstack([np.full((len(mixed), 1), ord("5"), dtype=np.uint8), _spell(mixed, _BASE62, 11)])
    prefix = np.broadcast_to(np.frombuffer(key_prefix.encode(), dtype=np.uint8), (len(mixed), 3))
    fifteen = np.hstack([prefix, body])
    capital = ((fifteen >= ord("A")) & (fifteen <= ord("Z"))).reshape(len(mixed), 3, 5)
    checksum = _CHECKSUM[capital @ np.array([1, 2, 4, 8, 16])]
    return _strings(np.ascontiguousarray(np.hstack([fifteen, checksum])))
