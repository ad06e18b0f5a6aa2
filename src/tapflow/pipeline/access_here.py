"""How this home's questions are judged: its policy, its tables, who asks, and its log. For every command that asks."""

from __future__ import annotations

import getpass
import hashlib
import hmac
import json
import os
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tapflow.access.audit import AuditLog
from tapflow.access.catalogue import Catalogue, Table, table_of
from tapflow.access.deciding import decide
from tapflow.access.decision import Decision
from tapflow.access.gate import Asker
from tapflow.access.policy import OWNER, Policy, Scope, load_policy
from tapflow.access.sign_in import SignIn
from tapflow.business import ledger
from tapflow.core.errors import AskedWrongly
from tapflow.core.schema import Pii
from tapflow.core.settings import Settings, read_settings
from tapflow.pipeline.home import Home
from tapflow.warehouse.staging import SQL_TYPES
from tapflow.warehouse.version import Version

SURFACE = "cli"


@dataclass(frozen=True)
class Identity:
    """Who asks: a person of the policy or the owner, and who is really there; `scopes` as a token leaves them."""

    person: str
    by: str
    scopes: Collection[Scope] | None = None


class AccessHere:
    """Policy, sign-in and log of a home."""

    def __init__(self, home: Home, settings: Settings | None = None) -> None:
        self.settings = settings or read_settings()
        self.folder = home.root / "access"
        self.policy: Policy = load_policy(Path(self.settings.policy) if self.settings.policy else None)
        self.sign_in = SignIn(self.folder, self.policy, self.settings.demo)
        self.log = AuditLog(self.folder, self._key("seal"))

    def identity(self, chosen: str | None) -> Identity:
        """Who asks: `--as`, else a token, else who has signed in, else the home's owner.

        Only the owner asks as another: raises AskedWrongly when a token or a signed-in person does.
        """
        text = self.settings.token or self._session()
        if text:
            token = self.sign_in.by_token(text)
            if chosen not in (None, token.person):
                raise AskedWrongly(
                    f"{token.person} has signed in and may not ask as {chosen}.",
                    "Leave out --as, or: tapflow login --out",
                )
            return Identity(token.person, token.person, token.scopes)
        return Identity(chosen or OWNER, OWNER)

    def decision(self, identity: Identity, catalogue: Catalogue) -> Decision:
        """What the asker may do. Raises UnknownName for nobody."""
        return decide(self.policy, identity.person, catalogue, self._key("masks"), identity.scopes)

    def asker(self, identity: Identity, catalogue: Catalogue) -> Asker:
        """The asker as the gate wants it, with where they are."""
        return Asker(self.decision(identity, catalogue), SURFACE, place(), identity.by)

    def keep_session(self, text: str | None) -> None:
        """Remember a token as who has signed in here, or forget it."""
        path = self._session_path()
        path.unlink(missing_ok=True)
        if text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump({"token": text}, file)

    def session_token(self) -> str:
        """The token of who has signed in here, or nothing."""
        return self._session()

    def _session_path(self) -> Path:
        return self.folder / "session.json"

    def _session(self) -> str:
        try:
            return str(json.loads(self._session_path().read_text(encoding="utf-8"))["token"])
        except FileNotFoundError:
            return ""
        except (ValueError, KeyError, TypeError) as error:
            raise AskedWrongly("Who has signed in cannot be read.", "Run: tapflow login --out") from error

    def _key(self, purpose: str) -> str:
        return hmac.new(self.settings.secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def catalogue_of(version: Version, truth: bool = False) -> Catalogue:
    """The tables of a published version, and the ledger's when they are asked for."""
    tables = {n: table_of(n, t.columns, t.classifications) for n, t in version.tables.items()}
    return Catalogue({**tables, **(ledger_tables() if truth else {})}, version.id)


def ledger_tables() -> dict[str, Table]:
    """The tables of the ledger, `truth.<table>`."""
    return {
        f"truth.{t.name}": table_of(
            f"truth.{t.name}",
            {c.name: SQL_TYPES[c.type] for c in t.columns},
            {c.name: Pii.INTERNAL.value for c in t.columns},
        )
        for t in ledger.TABLES
    }


def place() -> str:
    """From where a command is run: who is at this machine, at which terminal."""
    try:
        terminal = os.ttyname(sys.stdin.fileno())
    except (OSError, ValueError):
        terminal = "no terminal"
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return f"{user}@{os.uname().nodename} {terminal}"
