"""API tokens: random, kept only as SHA-256, with scopes, an end, and a way to take them back. Pure."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tapflow.access.policy import Scope
from tapflow.core.errors import AskedWrongly

PREFIX = "tapflow_"
DEFAULT_DAYS = 90
LONGEST_DAYS = 366


class NotSignedIn(AskedWrongly):
    """A password or a token that lets nobody in."""


class TokenState(StrEnum):
    """Whether a token lets in."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Token:
    """A token as it is kept: the digest, never the token. Times are real, ISO 8601, UTC."""

    id: str
    person: str
    digest: str
    scopes: tuple[Scope, ...]
    created_at: str
    expires_at: str
    revoked_at: str | None = None
    note: str = ""

    def state(self, now: datetime) -> TokenState:
        """Whether it lets in at an instant."""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        return TokenState.VALID if now < datetime.fromisoformat(self.expires_at) else TokenState.EXPIRED


def new_token(person: str, scopes: tuple[Scope, ...], days: int, note: str, now: datetime) -> tuple[str, Token]:
    """A token's text, to be shown once, and what is kept of it."""
    if not 1 <= days <= LONGEST_DAYS:
        raise AskedWrongly(f"A token lasts 1 to {LONGEST_DAYS} days, not {days}.", "Give another --days.")
    name, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    text = f"{PREFIX}{name}_{secret}"
    ends = now + timedelta(days=days)
    kept = Token(name, person, _digest(text), scopes, _iso(now), _iso(ends), None, note)
    return text, kept


def token_of(text: str, kept: Mapping[str, Token], now: datetime) -> Token:
    """The token of a text. Raises NotSignedIn when it is unknown, expired or revoked."""
    found = kept.get(text.removeprefix(PREFIX).split("_", 1)[0])
    if found is None or not hmac.compare_digest(found.digest, _digest(text)):
        raise NotSignedIn("The token is not known here.", "Make one with `tapflow token create`.")
    state = found.state(now)
    if state is not TokenState.VALID:
        raise NotSignedIn(f"The token {found.id} is {state.value}.", "Make another with `tapflow token create`.")
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _iso(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")
