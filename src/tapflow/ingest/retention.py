"""Letting old raw days go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from tapflow.ingest.contract import SOURCE_FILE, Contract, Contracts, load_contracts
from tapflow.ingest.ledger import read_ledger
from tapflow.ingest.markers import SUFFIXES
from tapflow.lake import Lake
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
    sources_too: bool = False,
    contracts: Contracts | None = None,
) -> Expired:
    """Remove the stream tables' days that are older than `days` days at the end of `last_day`.

    A change of metadata, then the removal of the files; versions of the table that held those
    days go with them. With `sources_too` the days' source files are removed as well, after the
    lake's commit. Days removed once are not loaded again.
    """
    promised = load_contracts() if contracts is None else contracts
    first_kept = last_day - timedelta(days=days - 1)
    total = Expired()
    for contract in promised.values():
        if contract.by_day and lake.exists(contract.table):
            gone = _expire_table(lake, contract, first_kept)
            files = _remove_sources(home, contract, first_kept) if sources_too else 0
            total = Expired(total.rows + gone.rows, total.bytes + gone.bytes, total.source_files + files)
    return total


def _expire_table(lake: Lake, contract: Contract, first_kept: date) -> Expired:
    ledger = read_ledger(lake.properties(contract.table))
    old = [f for f in lake.files(contract.table) if _day_of(str(f.partition[SOURCE_FILE])) < first_kept]
    if not old:
        return Expired()
    kept = replace(
        ledger,
        loaded={d: v for d, v in ledger.loaded.items() if d >= first_kept},
        refused={d: v for d, v in ledger.refused.items() if d >= first_kept},
        expired_before=max(first_kept, ledger.expired_before or first_kept),
    )
    lake.change(contract.table, removed=[f.path for f in old], properties=kept.properties())
    lake.expire(contract.table, keep=1)
    return Expired(sum(f.rows for f in old), sum(f.bytes for f in old))


def _day_of(source_file: str) -> date:
    return date.fromisoformat(source_file.rsplit("/", 1)[-1][:10])


def _remove_sources(home: Path, contract: Contract, first_kept: date) -> int:
    removed = 0
    for path in sorted((home / "sources" / contract.key).glob("*")):
        if not path.name.endswith(SUFFIXES):
            continue
        if _day_of(path.name) < first_kept:
            with told(str(path)):
                path.unlink(missing_ok=True)
            removed += 1
    return removed
