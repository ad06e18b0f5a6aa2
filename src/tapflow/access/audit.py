"""The log of accesses: a line each, only ever appended, each holding the digest of the one before.

    <folder>/audit.jsonl  {"seq": 1, "at": …, "who": …, …, "before": "<sha256 of line 0>"}
    <folder>/audit.seal   {"lines": 1, "digest": "<sha256 of line 1>", "mac": "<keyed digest of both>"}

Durability: with `fsync=True` (the default) a line is on the disk before `append` returns; without,
it is in the hands of the operating system, and a power cut may lose the last ones. The chain tells
of any line changed, removed or put in; the seal also of a tail cut off, and of lines added past it.
Whoever holds the seal's key and writes both files anew is not found out, unless the seal's digest
was kept elsewhere: `verify(expected=…)`.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from tapflow.core.clock import real_now
from tapflow.core.errors import FileBroken

BEGINNING = "0" * 64
_CUT = "cut: "
LONGEST_QUESTION = 4_000  # letters of a question that are kept; its digest tells of the rest


class Outcome(StrEnum):
    """How an access ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Access:
    """One access: who asked what, when, from where, what was applied and what came of it.

    `by` is who really asked when it was asked as another; `seconds` is real time; `version` is the
    published version, `policy` the policy file's digest.
    """

    who: str
    what: str
    outcome: Outcome
    by: str = ""
    surface: str = ""
    place: str = ""
    asked: str = ""
    said: str = ""
    rows: int = 0
    seconds: float = 0.0
    tables: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()
    policy: str = ""
    version: str = ""


@dataclass(frozen=True)
class Finding:
    """What is wrong with the log, and at which line (from 1; 0: the whole)."""

    line: int
    problem: str


@dataclass(frozen=True)
class Verified:
    """What verification found: how many lines hold, and what does not."""

    lines: int
    digest: str
    findings: tuple[Finding, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


@dataclass(frozen=True)
class _End:
    """Where the chain stands: lines, bytes, digest of the last line."""

    lines: int = 0
    size: int = 0
    digest: str = BEGINNING


@dataclass
class AuditLog:
    """The log in a folder. Several processes may append to it at once; each waits its turn."""

    folder: Path
    key: str = field(repr=False)
    fsync: bool = True

    @property
    def path(self) -> Path:
        """The log itself."""
        return self.folder / "audit.jsonl"

    @property
    def seal(self) -> Path:
        """Its end, kept apart."""
        return self.folder / "audit.seal"

    def append(self, *accesses: Access) -> None:
        """Log accesses, in order. A tail that a killed writer left unsealed is noted in a line of its own first."""
        with self._alone():
            end, notes = self._end()
            lines: list[bytes] = []
            for access in [*notes, *accesses]:
                line = _line(end, access)
                lines.append(line)
                end = _End(end.lines + 1, end.size + len(line), _digest(line))
            self._write(b"".join(lines))
            self._seal(end)

    def entries(self) -> Iterator[dict[str, Any]]:
        """The lines, oldest first, as they were written. Lines that are no JSON are left out."""
        for line in self._lines():
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found

    def verify(self, expected: str | None = None) -> Verified:
        """Check the chain and its seal; `expected` is a digest that was kept elsewhere and must be on the way."""
        with self._alone():
            lines, sealed = self._lines(), self._sealed()
        findings: list[Finding] = []
        before, seen = BEGINNING, {BEGINNING}
        for number, line in enumerate(lines, 1):
            if problem := _problem(line, number, before):
                findings.append(Finding(number, problem))
            elif _tells_of_a_cut(line):
                findings.append(Finding(number, "lines before this one were cut off, as a later writer noticed"))
            before = _digest(line)
            seen.add(before)
        findings += self._judge_seal(sealed, lines)
        if expected is not None and expected not in seen:
            findings.append(
                Finding(0, "no line has the digest that was kept elsewhere: the log was written anew or cut")
            )
        return Verified(len(lines), before, tuple(findings))

    def _judge_seal(self, sealed: dict[str, Any] | None, lines: list[bytes]) -> list[Finding]:
        if sealed is None:
            return [Finding(0, "the seal is missing: whether the tail was cut off cannot be told")] if lines else []
        if not hmac.compare_digest(str(sealed.get("mac")), self._mac(sealed)):
            return [Finding(0, "the seal was not made with this installation's key")]
        count = int(sealed["lines"])
        if count > len(lines):
            return [Finding(len(lines) + 1, f"{count - len(lines)} lines are missing at the end")]
        at = _digest(lines[count - 1]) if count else BEGINNING
        if at != sealed["digest"]:
            return [
                Finding(count, "the line is not the one that was sealed: it was changed, or lines put in or removed")
            ]
        if count < len(lines):
            return [
                Finding(count + 1, f"{len(lines) - count} lines stand past the seal: a writer was killed, or added")
            ]
        return []

    def _end(self) -> tuple[_End, list[Access]]:
        sealed = self._sealed() or {"lines": 0, "size": 0, "digest": BEGINNING}
        size = self.path.stat().st_size if self.path.exists() else 0
        if size == sealed["size"]:
            return _End(int(sealed["lines"]), size, str(sealed["digest"])), []
        # A writer was killed between line and seal, or somebody meddled: go on from what is there, and say so.
        lines = self._lines()
        torn = lines and not lines[-1].endswith(b"\n")
        if torn:
            with self.path.open("ab") as file:
                file.write(b"\n")
            lines[-1] += b"\n"
        cut = _CUT if len(lines) < int(sealed["lines"]) else ""
        said = (
            f"{cut}the seal told of {sealed['lines']} lines, "
            f"{len(lines)} were found{'; the last was torn' if torn else ''}"
        )
        note = Access(who="tapflow", what="audit", outcome=Outcome.FAILED, said=said)
        return _End(len(lines), sum(map(len, lines)), _digest(lines[-1]) if lines else BEGINNING), [note]

    def _lines(self) -> list[bytes]:
        return self.path.read_bytes().splitlines(keepends=True) if self.path.exists() else []

    def _write(self, data: bytes) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, data)
            if self.fsync:
                os.fsync(handle)
        finally:
            os.close(handle)

    def _sealed(self) -> dict[str, Any] | None:
        try:
            found = json.loads(self.seal.read_text(encoding="utf-8"))
            return (
                found
                if isinstance(found, dict) and {"lines", "size", "digest"} <= found.keys()
                else {"lines": 0, "size": -1, "digest": BEGINNING}
            )
        except FileNotFoundError:
            return None
        except ValueError:
            return {"lines": 0, "size": -1, "digest": BEGINNING}

    def _seal(self, end: _End) -> None:
        told: dict[str, Any] = asdict(end)
        arriving = self.seal.with_suffix(".new")
        handle = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, json.dumps({**told, "mac": self._mac(told)}).encode())
        finally:
            os.close(handle)
        arriving.replace(self.seal)

    def _mac(self, told: dict[str, Any]) -> str:
        text = f"{told.get('lines')}:{told.get('size')}:{told.get('digest')}"
        return hmac.new(self.key.encode(), text.encode(), hashlib.sha256).hexdigest()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(self.folder / "audit.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise FileBroken(
                f"The log of accesses in {self.folder} cannot be used: {error}.", "Check its owner."
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _line(end: _End, access: Access) -> bytes:
    told = asdict(access)
    told["asked_sha256"] = hashlib.sha256(access.asked.encode()).hexdigest() if access.asked else ""
    told["asked"] = access.asked[:LONGEST_QUESTION]
    whole = {"seq": end.lines + 1, "at": real_now().isoformat(timespec="milliseconds"), **told, "before": end.digest}
    # ASCII alone: no separator of lines but the one at the end.
    return json.dumps(whole, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _tells_of_a_cut(line: bytes) -> bool:
    told = json.loads(line)
    return bool(told.get("what") == "audit" and str(told.get("said", "")).startswith(_CUT))


def _problem(line: bytes, number: int, before: str) -> str:
    """What is wrong with a line in its place, or nothing."""
    try:
        told = json.loads(line)
        seq, said = told["seq"], told["before"]
    except (ValueError, KeyError, TypeError):
        return "the line cannot be read: it was changed or torn"
    if said == before and seq == number:
        return ""
    if seq != number and said != before:
        return f"the line says that it is number {seq}: lines were put in or removed before it"
    if seq != number:
        return f"the line says that it is number {seq}, and was changed"
    return "the line before it was changed, removed or put in"
