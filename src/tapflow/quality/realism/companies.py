"""The companies that are measured: a home's logs on disk, or companies simulated in memory."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa

from tapflow import sources
from tapflow.business.company import Company
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.core.clock import day_number
from tapflow.quality.realism.arrows import ARROWS
from tapflow.quality.realism.scorecard import STATISTICS, Scorecard, judged, measure, needed_logs
from tapflow.quality.realism.statistic import Arrow, Pool, Statistic
from tapflow.sources.day_logs import day_logs
from tapflow.sources.logs import ARROW_TYPES
from tapflow.warehouse.engine import Connection, Limits, opened, text

SEEDS = tuple(range(1, 11))
END = date(2026, 9, 30)
# Of the largest log only what the rows read is kept in memory.
_KEPT = {
    "telemetry/events": (
        "device_serial",
        "boot",
        "sequence",
        "event",
        "flow",
        "volume",
        "unit",
        "occurred_at",
        "received_at",
    )
}
Follow = Callable[[str], None]


def measure_home(root: Path, limits: Limits, follow: Follow = lambda _: None) -> Scorecard:
    """The scorecard of one home, from the logs that its systems wrote."""
    pool = Pool()
    with opened(None, limits) as connection:
        _declare_empty(connection)
        for name, files in _log_files(root, set(needed_logs())).items():
            listed = ", ".join(text(f) for f in files)
            connection.execute(f"create or replace view {_relation(name)} as select * from read_parquet([{listed}])")
        measure(connection, pool, follow=follow)
    return judged(pool, 1)


def measure_pool(
    profile: str,
    seeds: Collection[int] = SEEDS,
    days: int | None = None,
    overrides: dict[str, Any] | None = None,
    statistics: tuple[Statistic, ...] = STATISTICS,
    arrows: tuple[Arrow, ...] = ARROWS,
    workers: int = 2,
    follow: Follow = lambda _: None,
) -> Scorecard:
    """The scorecard of several companies of one profile, simulated here and pooled.

    Companies run side by side in processes; the answer does not depend on their number.
    """
    names = frozenset([*(s.name for s in statistics), *(a.name for a in arrows)])
    jobs = [_Job(profile, seed, days, overrides or {}, names) for seed in seeds]
    total = Pool()
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as processes:
        for seed, pool in zip(seeds, processes.map(_measured, jobs), strict=True):
            _merge(total, pool)
            follow(f"company {seed}")
    return judged(total, len(jobs), statistics, arrows)


@dataclass(frozen=True)
class _Job:
    """One company to be measured, in a form that another process understands."""

    profile: str
    seed: int
    days: int | None
    overrides: dict[str, Any]
    rows: frozenset[str]


def _measured(job: _Job) -> Pool:
    statistics = tuple(s for s in STATISTICS if s.name in job.rows)
    arrows = tuple(a for a in ARROWS if a.name in job.rows)
    scenario = load_scenario(job.profile, job.overrides)
    span = job.days or scenario.size.days
    company = Company(scenario, job.seed, day_number(END) - span + 1)
    logs = _simulated(company, span, set(needed_logs(statistics, arrows)))
    pool = Pool()
    with opened(None, Limits(memory_mb=3000, threads=1)) as connection:
        _declare_empty(connection)
        for name, table in logs.items():
            connection.register(f"held_{name.replace('/', '__')}", table)
            connection.execute(
                f"create or replace view {_relation(name)} as select * from held_{name.replace('/', '__')}"
            )
        measure(connection, pool, statistics, arrows)
    return pool


def _simulated(company: Company, days: int, wanted: set[str]) -> dict[str, pa.Table]:
    parts: dict[str, list[pa.Table]] = defaultdict(list)
    for _ in range(days):
        day = step(company)
        for name, _declared, table in day_logs(company, day, wanted):
            parts[name].append(table.select(_KEPT[name]) if name in _KEPT else table)
    return {name: pa.concat_tables(tables, promote_options="permissive") for name, tables in parts.items()}


def _merge(total: Pool, other: Pool) -> None:
    for name, sums in other.sums.items():
        held = total.sums.setdefault(name, [0.0] * len(sums))
        total.sums[name] = [a + b for a, b in zip(held, sums, strict=True)]
    for name, samples in other.samples.items():
        total.samples.setdefault(name, []).extend(samples)


def _relation(name: str) -> str:
    system, thing = name.split("/")
    return f"log.{system}__{thing}"


def _declare_empty(connection: Connection) -> None:
    """Every log as an empty relation first: a young company may lack some."""
    connection.execute("create schema log")
    for name in needed_logs():
        system, thing = name.split("/")
        declared = next(o for o in sources.SYSTEMS[system].OBJECTS if o.name == thing)
        empty = pa.schema([(f.name, ARROW_TYPES[f.type]) for f in declared.fields]).empty_table()
        connection.register(f"empty_{system}__{thing}", empty)
        connection.execute(f"create view {_relation(name)} as select * from empty_{system}__{thing}")


def _log_files(root: Path, wanted: set[str]) -> dict[str, list[str]]:
    files: dict[str, list[str]] = defaultdict(list)
    for marker in sorted((root / "sources" / "_days").glob("????-??-??.json")):
        for name in json.loads(marker.read_text(encoding="utf-8"))["files"]:
            path = root / "sources" / name / f"{marker.stem}.parquet"
            if name in wanted and path.exists():
                files[name].append(str(path))
    return files
