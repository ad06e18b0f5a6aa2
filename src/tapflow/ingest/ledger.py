"""Which days of an object are in its raw table, kept in the table's own properties.

The properties change in the same commit as the rows, so the two can never disagree; they
outlive every snapshot. A loaded day costs eight characters.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import orjson

from tapflow.ingest.markers import MarkedFile, Marker

FIRST_DAY = "tapflow.ingest.first-day"
DIGESTS = "tapflow.ingest.digests"
REFUSED = "tapflow.ingest.refused"
EXPIRED_BEFORE = "tapflow.ingest.expired-before"
NEWEST_LOAD = "tapflow.ingest.newest-load"

_LATER = timedelta(seconds=1)

_WIDTH = 6
_NOTHING = bytes(_WIDTH)


def short(sha256: str) -> bytes:
    """The part of a digest that the ledger keeps: enough to tell two versions of one day's file apart."""
    return bytes.fromhex(sha256)[:_WIDTH]


def refusal_mark(sha256: str, promised: str | None) -> bytes:
    """What stands for a refused file: its bytes and what was promised of them."""
    return short(sha256) + (short(promised) if promised else _NOTHING)


@dataclass(frozen=True)
class Ledger:
    """What a raw table holds: the digest of each loaded day's file, and of each refused day's file.

    A refused file is in quarantine as a whole; it is tried again when its bytes change, or what
    the day's marker promises of them (`refusal_mark`). Days before `expired_before` were removed
    by retention and are not loaded again. `newest_load` is the latest instant that rows were stamped with.
    """

    loaded: Mapping[date, bytes] = field(default_factory=dict)
    refused: Mapping[date, bytes] = field(default_factory=dict)
    expired_before: date | None = None
    newest_load: datetime | None = None

    def properties(self) -> dict[str, str]:
        """The ledger as table properties."""
        first = min(self.loaded) if self.loaded else None
        answer = {
            REFUSED: orjson.dumps({d.isoformat(): v.hex() for d, v in sorted(self.refused.items())}).decode(),
            FIRST_DAY: first.isoformat() if first else "",
            DIGESTS: base64.b64encode(self._packed(first)).decode() if first else "",
        }
        if self.expired_before:
            answer[EXPIRED_BEFORE] = self.expired_before.isoformat()
        if self.newest_load:
            answer[NEWEST_LOAD] = self.newest_load.isoformat()
        return answer

    def _packed(self, first: date) -> bytes:
        days = (max(self.loaded) - first).days + 1
        return b"".join(self.loaded.get(first + timedelta(days=i), _NOTHING) for i in range(days))


def read_ledger(properties: Mapping[str, str]) -> Ledger:
    """The ledger that a table's properties hold; an empty one for a new table."""
    first = properties.get(FIRST_DAY)
    packed = base64.b64decode(properties.get(DIGESTS, ""))
    loaded: dict[date, bytes] = {}
    if first:
        start = date.fromisoformat(first)
        for i in range(len(packed) // _WIDTH):
            piece = packed[i * _WIDTH : (i + 1) * _WIDTH]
            if piece != _NOTHING:
                loaded[start + timedelta(days=i)] = piece
    refused = {date.fromisoformat(d): bytes.fromhex(v) for d, v in orjson.loads(properties.get(REFUSED, "{}")).items()}
    expired = properties.get(EXPIRED_BEFORE)
    newest = properties.get(NEWEST_LOAD)
    return Ledger(
        loaded,
        refused,
        date.fromisoformat(expired) if expired else None,
        datetime.fromisoformat(newest) if newest else None,
    )


@dataclass(frozen=True)
class Pending:
    """A day's file that the raw table lacks, or holds in other bytes (`replaces`)."""

    day: date
    loaded_at: datetime
    marked: MarkedFile
    replaces: bool = False


@dataclass(frozen=True)
class Plan:
    """What has to happen to a raw table: files to load, and days whose rows have to go."""

    pending: tuple[Pending, ...] = ()
    withdrawn: tuple[date, ...] = ()
    held: tuple[date, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pending or self.withdrawn)


def plan(key: str, markers: Mapping[date, Marker], ledger: Ledger) -> Plan:
    """Compare the closed days with what is loaded. Pure; days in order.

    A loaded day whose marker names other bytes is replaced; one whose marker names the object
    no longer is withdrawn. A refused day is pending, for its file may have changed. What is taken up out of
    turn is stamped later than all that is loaded: models ask for what came since they were built.
    """
    stamped = _newest_load(markers, ledger)
    pending: list[Pending] = []
    withdrawn: list[date] = []
    held: list[date] = []
    for day, marker in markers.items():
        if ledger.expired_before and day < ledger.expired_before:
            continue
        marked, have = marker.files.get(key), ledger.loaded.get(day)
        if marked is None:
            if have is not None or day in ledger.refused:
                withdrawn.append(day)
            continue
        if have is not None and (marked.sha256 is None or short(marked.sha256) == have):
            continue
        delivered = markers.get(marked.until) if marked.held and marked.until else None
        if marked.held and delivered is None:
            held.append(day)
            continue
        loaded_at = marked.loaded_at or (delivered or marker).loaded_at
        if stamped is not None and loaded_at <= stamped:
            loaded_at = stamped + _LATER
        pending.append(Pending(day, loaded_at, marked, have is not None))
    return Plan(tuple(pending), tuple(withdrawn), tuple(held))


def _newest_load(markers: Mapping[date, Marker], ledger: Ledger) -> datetime | None:
    """The latest stamp of what is loaded; tables of before tell it by their days."""
    if ledger.newest_load is not None:
        return ledger.newest_load
    return max((markers[d].loaded_at for d in ledger.loaded if d in markers), default=None)
