"""Letting old raw days go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tapflow.ingest.contract import SOURCE_FILE, Contract, Contracts, load_contracts
from tapflow.ingest.ledger import Ledger, read_ledger
from tapflow.ingest.markers import SUFFIXES
from tapflow.lake import Lake, LakeFile
from tapflow.lake.faults import told


@dataclass(frozen=True)
class Expired:
    """What went: rows and bytes of the lake, and files of the sources' folder."""

    rows: int = 0
    bytes: int = 0
    source_files: int = 0


def expire_raw(
    home: Path,
    lake: Lake,
    last_day: date,
    days: int,
    source_days: int | None = None,
    contracts: Contracts | None = None,
) -> Expired:
    """Remove the stream tables' days that are older than `days` days at the end of `last_day`.

    A change of metadata, then the removal of the files; versions of the table that held those
    days go with them. With `source_days` the source files of every object that are older than so
    many days (of streams, than the fewer of both) are removed as well, but none that was never
    taken up. Days removed once are not loaded again.
    """
    promised = load_contracts() if contracts is None else contracts
    first_kept = last_day - timedelta(days=days - 1)
    total = Expired()
    for contract in promised.values():
        if not lake.exists(contract.table):
            continue
        ledger = read_ledger(lake.properties(contract.table))
        if source_days is not None:
            # The files go first: once the table forgets a day, nothing tells that it was taken up.
            kept = min(source_days, days) if contract.by_day else source_days
            forgotten = first_kept if contract.by_day else date.min
            files = _remove_sources(home, contract, ledger, last_day - timedelta(days=kept - 1), forgotten)
            total = Expired(total.rows, total.bytes, total.source_files + files)
        if contract.by_day:
            gone = _expire_table(lake, contract, ledger, first_kept)
            total = Expired(total.rows + gone.rows, total.bytes + gone.bytes, total.source_files)
    return total


def _expire_table(lake: Lake, contract: Contract, ledger: Ledger, first_kept: date) -> Expired:
    old = [f for f in lake.files(contract.table) if _is_old(f, first_kept)]
    if old:
        kept = Ledger(
            {d: v for d, v in ledger.loaded.items() if d >= first_kept},
            {d: v for d, v in ledger.refused.items() if d >= first_kept},
            max(first_kept, ledger.expired_before or first_kept),
            ledger.newest_load,
        )
        lake.change(contract.table, removed=[f.path for f in old], properties=kept.properties())
    if old or ledger.expired_before:
        # Also what a killed run left: its commit was made, its files still lie there.
        lake.expire(contract.table, keep=1)
    return Expired(sum(f.rows for f in old), sum(f.bytes for f in old))


def _is_old(file: LakeFile, first_kept: date) -> bool:
    source_file = file.partition.get(SOURCE_FILE)
    return source_file is not None and _day_of(str(source_file)) < first_kept


def _day_of(source_file: str) -> date:
    return date.fromisoformat(source_file.rsplit("/", 1)[-1][:10])


def _remove_sources(home: Path, contract: Contract, ledger: Ledger, first_kept: date, forgotten: date) -> int:
    """Remove old files that were taken up. A refused one may be mended until its day is `forgotten`."""
    removed = 0
    for path in sorted((home / "sources" / contract.key).glob("*")):
        if not path.name.endswith(SUFFIXES):
            continue
        day = _day_of(path.name)
        # Quarantine keeps the bytes of those that were refused.
        if (day < first_kept and day in ledger.loaded) or (day < forgotten and day in ledger.refused):
            with told(str(path)):
                path.unlink(missing_ok=True)
            removed += 1
    return removed
