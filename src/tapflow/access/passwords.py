"""Passwords as Argon2id digests."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tapflow.core.errors import AskedWrongly

SHORTEST = 12
_hasher = PasswordHasher()
# Checked when nobody of the name has a password, so that an answer takes as long as with one.
_NOBODY = _hasher.hash("nobody's password")


def digest_of(password: str) -> str:
    """The digest to keep. Raises AskedWrongly for a password that is too short."""
    if len(password) < SHORTEST:
        raise AskedWrongly(f"A password has {SHORTEST} characters at least.", "Take a longer one, such as four words.")
    return _hasher.hash(password)


def is_right(digest: str | None, password: str) -> bool:
    """Whether a password is the one of a digest; None is the digest of nobody."""
    try:
        return _hasher.verify(digest or _NOBODY, password) and digest is not None
    except (VerificationError, InvalidHashError):
        return False
