"""A run of ingestion over closed days."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from tapflow.core.errors import UnknownName
from tapflow.ingest.contract import Contract, Contracts, load_contracts
from tapflow.ingest.judging import UNKNOWN, whole_file
from tapflow.ingest.loading import Loading
from tapflow.ingest.markers import Marker, files_of, names_in, read_markers
from tapflow.ingest.quarantine import Quarantine, Refused
from tapflow.ingest.reading import promised_content
from tapflow.ingest.report import IngestReport, TableReport
from tapflow.lake import Lake

Progress = Callable[[int, int], None]
"""Called with the files done and the files there are."""


def ingest_days(
    home: Path,
    lake: Lake,
    systems: Sequence[str] | None = None,
    days: Collection[date] | None = None,
    progress: Progress | None = None,
    contracts: Contracts | None = None,
    workers: int = 2,
) -> IngestReport:
    """Load the closed days' files that raw tables lack, of all systems or the named ones.

    Repeating it loads nothing twice; killed anywhere, the next call completes it. One commit for
    each table. Raises UnknownName for a system without a contract, SurroundingsFailed when the
    disk refuses.
    """
    home = Path(home)
    promised = load_contracts() if contracts is None else dict(contracts)
    chosen = _chosen(promised, systems)
    markers = read_markers(home / "sources", days)
    quarantine = Quarantine(home, lake, lake.hook)
    present = set(lake.names("raw"))
    delivered = {key for marker in markers.values() for key in marker.files}
    loads = [
        Loading(lake, quarantine, home / "sources", contract, markers)
        for key, contract in sorted(chosen.items())
        if key in delivered or contract.table in present
    ]
    # The biggest first: two workers end together.
    loads.sort(key=lambda each: -len(each.plan.pending))
    reports = _run_all(loads, _counter(progress, sum(len(each.plan.pending) for each in loads)), workers)
    if systems is None:
        reports += _unknown(home, quarantine, markers, delivered - set(promised))
    news = {r.table: r for r in reports if r.files or r.withdrawn_days or r.missing_days or r.held_days}
    return IngestReport(dict(sorted(news.items())), max(markers, default=None))


def _chosen(contracts: Contracts, systems: Sequence[str] | None) -> dict[str, Contract]:
    known = {c.system for c in contracts.values()}
    for system in systems or ():
        if system not in known:
            raise UnknownName("source", system, known)
    return {k: c for k, c in contracts.items() if systems is None or c.system in systems}


def _counter(progress: Progress | None, total: int) -> Callable[[], None]:
    done = 0
    lock = threading.Lock()

    def step() -> None:
        nonlocal done
        with lock:
            done += 1
            if progress:
                progress(done, total)

    return step


def _run_all(loads: Sequence[Loading], step: Callable[[], None], workers: int) -> list[TableReport]:
    if workers <= 1:
        return [load.run(step) for load in loads]
    with ThreadPoolExecutor(workers, "ingest") as pool:
        futures = [pool.submit(load.run, step) for load in loads]
        try:
            return [f.result() for f in futures]
        except BaseException:
            for future in futures:
                future.cancel()
            raise


def _unknown(
    home: Path, quarantine: Quarantine, markers: Mapping[date, Marker], keys: Collection[str]
) -> list[TableReport]:
    """Files of objects that no contract knows go to quarantine as they are."""
    reports = []
    for key in sorted(keys):
        system, _, name = key.partition("/")
        refused, days, missing = [], [], []
        names = names_in(home / "sources", key)
        for day, marker in markers.items():
            if (marked := marker.files.get(key)) is None or marked.held:
                continue
            paths = files_of(home / "sources", key, day, names)
            if not paths:
                missing.append(day)
                continue
            content = promised_content(paths, marked.sha256)
            kept = quarantine.keep_bytes(system, name, content)
            rows = marked.rows if marked.rows is not None else 1
            why = "no contract names this object"
            refusal = whole_file(why, f"{key}/{content.path.name}", content.sha256, rows, kept, UNKNOWN)
            refused.append(Refused(day, f"{key}/{content.path.name}", marker.loaded_at, [refusal]))
            days.append(day)
        count = sum(r.rows for each in refused for r in each.refusals)
        if quarantine.settle(system, name, days, refused):
            reports.append(
                TableReport(key, rows_in=count, quarantined=count, files=len(days), missing_days=tuple(missing))
            )
    return reports
