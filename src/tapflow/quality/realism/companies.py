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
from tapflow.quality.realism.scorecard import STATISTICS, Scorecard, begin, digest, judged, measure, needed_logs
from tapflow.quality.realism.statistic import Arrow, Pool, Statistic
from tapflow.quality.realism.views import DIGESTS
from tapflow.sources.day_logs import day_logs
from tapflow.sources.logs import ARROW_TYPES
from tapflow.warehouse.engine import Connection, Limits, opened, text

SEEDS = tuple(range(1, 11))
END = date(2026, 9, 30)
SPAN_DAYS = 15  # of the large streams held at once
STREAMS = {log for log, _, _ in DIGESTS}
Follow = Callable[[str], None]


def measure_home(root: Path, limits: Limits, follow: Follow = lambda _: None) -> Scorecard:
    """The scorecard of one home, from the logs that its systems wrote."""
    pool = Pool()
    with opened(None, limits) as connection:
        _declare_empty(connection)
        for name, files in _log_files(root, set(needed_logs())).items():
            if name in STREAMS:
                for start in range(0, len(files), SPAN_DAYS):
                    _read(connection, "span", name, files[start : start + SPAN_DAYS])
                    digest(connection, name)
            else:
                _read(connection, "log", name, files)
        measure(connection, pool, follow=follow)
    return judged(pool, 1)


def _read(connection: Connection, schema: str, name: str, files: list[str]) -> None:
    listed = ", ".join(text(f) for f in files)
    connection.execute(f"create or replace view {_relation(schema, name)} as select * from read_parquet([{listed}])")


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
    pool = Pool()
    with opened(None, Limits(memory_mb=4000, threads=1)) as connection:
        _declare_empty(connection)
        _live(connection, company, span, set(needed_logs(statistics, arrows)))
        measure(connection, pool, statistics, arrows)
    return pool


def _live(connection: Connection, company: Company, days: int, wanted: set[str]) -> None:
    """Simulate the days; small logs are kept whole, streams digested a span of days at a time."""
    parts: dict[str, list[pa.Table]] = defaultdict(list)
    for index in range(days):
        day = step(company)
        for name, _declared, table in day_logs(company, day, wanted):
            parts[name].append(table)
        if index % SPAN_DAYS == SPAN_DAYS - 1 or index == days - 1:
            for name in sorted(STREAMS & set(parts)):
                _hold(connection, "span", name, parts.pop(name))
                digest(connection, name)
    for name, tables in parts.items():
        _hold(connection, "log", name, tables)


def _hold(connection: Connection, schema: str, name: str, tables: list[pa.Table]) -> None:
    held = f"held_{name.replace('/', '__')}"
    connection.register(held, pa.concat_tables(tables, promote_options="permissive"))
    connection.execute(f"create or replace view {_relation(schema, name)} as select * from {held}")


def _merge(total: Pool, other: Pool) -> None:
    for name, sums in other.sums.items():
        held = total.sums.setdefault(name, [0.0] * len(sums))
        total.sums[name] = [a + b for a, b in zip(held, sums, strict=True)]
    for name, samples in other.samples.items():
        total.samples.setdefault(name, []).extend(samples)


def _relation(schema: str, name: str) -> str:
    return f"{schema}.{name.replace('/', '__')}"


def _declare_empty(connection: Connection) -> None:
    """Every log as an empty relation first: a young company may lack some."""
    connection.execute("set enable_progress_bar = false")
    begin(connection)
    for name in needed_logs():
        system, thing = name.split("/")
        declared = next(o for o in sources.SYSTEMS[system].OBJECTS if o.name == thing)
        empty = pa.schema([(f.name, ARROW_TYPES[f.type]) for f in declared.fields]).empty_table()
        schema = "span" if name in STREAMS else "log"
        connection.register(f"empty_{system}__{thing}", empty)
        connection.execute(f"create view {_relation(schema, name)} as select * from empty_{system}__{thing}")
        digest(connection, name)


def _log_files(root: Path, wanted: set[str]) -> dict[str, list[str]]:
    files: dict[str, list[str]] = defaultdict(list)
    for marker in sorted((root / "sources" / "_days").glob("????-??-??.json")):
        for name in json.loads(marker.read_text(encoding="utf-8"))["files"]:
            path = root / "sources" / name / f"{marker.stem}.parquet"
            if name in wanted and path.exists():
                files[name].append(str(path))
    return files
