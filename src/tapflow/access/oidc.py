"""Sign-in by an issuer of OpenID Connect: how it is configured. The web server that it needs is not here yet."""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tapflow.core.errors import AskedWrongly
from tapflow.core.settings import Settings


class Oidc(BaseModel):
    """An issuer, and what it knows us by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: str = Field(min_length=1, repr=False)

    @field_validator("issuer")
    @classmethod
    def _is_https(cls, value: str) -> str:
        if urlsplit(value).scheme != "https" or not urlsplit(value).netloc:
            raise ValueError("an issuer is an https address")
        return value


def oidc_of(settings: Settings) -> Oidc | None:
    """The issuer of the settings, None when there is none. Raises AskedWrongly when it is told by halves."""
    told = {
        "issuer": settings.oidc_issuer,
        "client_id": settings.oidc_client_id,
        "client_secret": settings.oidc_client_secret,
    }
    if not any(told.values()):
        return None
    if missing := [f"TAPFLOW_OIDC_{name.upper()}" for name, value in told.items() if not value]:
        raise AskedWrongly(f"Sign-in by an issuer lacks {', '.join(missing)}.", "Set all three, or none.")
    try:
        return Oidc(**told)
    except ValueError as error:
        raise AskedWrongly(f"TAPFLOW_OIDC_ISSUER is wrong: {settings.oidc_issuer!r} is no https address.") from error


def sign_in_by_issuer(settings: Settings) -> NoReturn:
    """Say what sign-in by an issuer needs. Raises AskedWrongly always: it needs the web server."""
    configured = oidc_of(settings)
    if configured is None:
        raise AskedWrongly(
            "No issuer of OpenID Connect is configured.",
            "Set TAPFLOW_OIDC_ISSUER, TAPFLOW_OIDC_CLIENT_ID and TAPFLOW_OIDC_CLIENT_SECRET.",
        )
    raise AskedWrongly(
        f"{configured.issuer} is configured, but signing in there needs a web server, which TapFlow does not have yet.",
        "Sign in with a password: tapflow login NAME.",
    )
