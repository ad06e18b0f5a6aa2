"""Who may sign in: passwords and tokens, in one small file of the home that its owner alone can read."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tapflow.access.policy import Policy, Scope
from tapflow.access.tokens import DEFAULT_DAYS, NotSignedIn, Token, TokenState, new_token, token_of
from tapflow.core.clock import real_now
from tapflow.core.errors import AskedWrongly, FileBroken, UnknownName

_MODE = 0o600
_ATTEMPTS = 5
_WAIT = timedelta(minutes=1)


@dataclass(frozen=True)
class _Kept:
    passwords: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, Token] = field(default_factory=dict)
    failures: Mapping[str, tuple[int, str]] = field(default_factory=dict)


class SignIn:
    """The sign-in file of a home. `demo` lets the policy's people in without a password."""

    def __init__(self, folder: Path, policy: Policy, demo: bool) -> None:
        self.path = folder / "sign_in.json"
        self.policy, self.demo = policy, demo

    def with_password(self, person: str) -> bool:
        """Whether a person has a password."""
        return person in self._read().passwords

    def set_password(self, person: str, password: str) -> None:
        """Give a person a password; their tokens stay. Raises UnknownName, AskedWrongly when it is too short."""
        from tapflow.access.passwords import digest_of

        self._known(person)
        digest = digest_of(password)
        with self._changing() as change:
            change(lambda kept: replace(kept, passwords={**kept.passwords, person: digest}))

    def check_password(self, person: str, password: str) -> None:
        """Let a person in, or raise NotSignedIn: the same for a wrong name and a wrong password.

        After five wrong ones in a row nobody of that name is let in for a minute.
        """
        from tapflow.access.passwords import is_right

        now = real_now()
        with self._changing() as change:
            kept = self._read()
            count, since = kept.failures.get(person, (0, ""))
            if count >= _ATTEMPTS and now < datetime.fromisoformat(since) + _WAIT:
                raise NotSignedIn(f"Too many wrong passwords for {person}.", "Wait a minute and try again.")
            good = is_right(kept.passwords.get(person), password) and person in self.policy.people
            others = {name: value for name, value in kept.failures.items() if name != person}
            noted = others if good else {**others, person: (count + 1, now.isoformat())}
            change(lambda old: replace(old, failures=noted))
        if not good:
            raise NotSignedIn("That name and password let nobody in.", "Try again, or `tapflow people password NAME`.")

    def check_demo(self, person: str) -> None:
        """Let one of the demo's people in by name alone. Raises NotSignedIn outside of the demo."""
        self._known(person)
        if not self.demo:
            raise NotSignedIn(
                f"{person} needs a password: this is no demo.", "Set one with `tapflow people password NAME`."
            )

    def create(
        self, person: str, scopes: tuple[Scope, ...] = (), days: int = DEFAULT_DAYS, note: str = ""
    ) -> tuple[str, Token]:
        """A new token for a person: its text, shown once, and what is kept. No scopes: all that the person has."""
        about = self._known(person)
        granted = {scope for role in about.roles for scope in self.policy.roles[role].may}
        if beyond := set(scopes) - granted:
            raise AskedWrongly(
                f"{person} has no {', '.join(sorted(beyond))} to give to a token.",
                f"Take of: {', '.join(sorted(granted))}.",
            )
        text, token = new_token(person, scopes or tuple(sorted(granted)), days, note, real_now())
        with self._changing() as change:
            change(lambda kept: replace(kept, tokens={**kept.tokens, token.id: token}))
        return text, token

    def tokens(self) -> list[tuple[Token, TokenState]]:
        """All tokens, oldest first, with whether they let in."""
        now = real_now()
        return [(t, t.state(now)) for t in sorted(self._read().tokens.values(), key=lambda t: (t.created_at, t.id))]

    def revoke(self, token: str) -> Token:
        """Take a token back, by its id. Raises UnknownName."""
        with self._changing() as change:
            kept = self._read().tokens
            if token not in kept:
                raise UnknownName("token", token, kept)
            gone = replace(kept[token], revoked_at=kept[token].revoked_at or real_now().isoformat(timespec="seconds"))
            change(lambda old: replace(old, tokens={**old.tokens, token: gone}))
        return gone

    def by_token(self, text: str) -> Token:
        """The token of a text, when it lets in and its person is still in the policy. Raises NotSignedIn."""
        found = token_of(text, self._read().tokens, real_now())
        if found.person not in self.policy.people:
            raise NotSignedIn(f"The policy no longer knows {found.person}.", "Ask a data steward.")
        return found

    def _known(self, person: str) -> Any:
        if person not in self.policy.people:
            raise UnknownName("person", person, self.policy.people)
        return self.policy.people[person]

    def _read(self) -> _Kept:
        try:
            if self.path.stat().st_mode & 0o077:
                raise FileBroken(f"{self.path} can be read by others.", f"Run: chmod 600 {self.path}")
            told = json.loads(self.path.read_text(encoding="utf-8"))
            tokens = {t["id"]: Token(**{**t, "scopes": tuple(Scope(s) for s in t["scopes"])}) for t in told["tokens"]}
            failures = {name: (int(f[0]), str(f[1])) for name, f in told["failures"].items()}
            return _Kept(told["passwords"], tokens, failures)
        except FileNotFoundError:
            return _Kept()
        except (ValueError, KeyError, TypeError) as error:
            raise FileBroken(
                f"{self.path} is not a readable sign-in file.", "Restore it, or remove it and set passwords anew."
            ) from error

    @contextmanager
    def _changing(self) -> Iterator[Any]:
        """Hold the file alone; what is yielded takes a function from what is kept to what shall be."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, _MODE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lambda to: self._write(to(self._read()))
        finally:
            os.close(lock)

    def _write(self, kept: _Kept) -> None:
        told = {
            "passwords": dict(kept.passwords),
            "tokens": [asdict(t) for t in kept.tokens.values()],
            "failures": dict(kept.failures),
        }
        arriving = self.path.with_suffix(".new")
        arriving.unlink(missing_ok=True)
        handle = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(told, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        arriving.replace(self.path)
