"""The companies that are measured: a home's logs on disk, or companies simulated in memory."""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Callable, Collection
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import pyarrow as pa

import tapflow
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
_ROOMS = ("business", "core", "quality/realism", "sources")  # whose text decides what is measured
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
    without: frozenset[str] = frozenset(),
    workers: int = 2,
    kept: Path | None = None,
    follow: Follow = lambda _: None,
) -> Scorecard:
    """The scorecard of several companies of one profile, simulated here and pooled.

    Companies run in memory alone, side by side in processes or, with one worker, here one after
    the other; the answer does not depend on it. What a company's rows add up to is written to the
    directory `kept` as soon as it is measured: a later run, after being killed or with more seeds,
    takes it from there, as long as program, scenario, days and rows are the same. `without` names
    domains that rest.
    """
    names = frozenset([*(s.name for s in statistics), *(a.name for a in arrows)])
    jobs = [_Job(profile, seed, days, overrides or {}, names, without, kept) for seed in seeds]
    total = Pool()
    if workers == 1:
        for job in jobs:
            _merge(total, _measured(job))
            follow(f"company {job.seed}")
        return judged(total, len(jobs), statistics, arrows)
    context, parent = get_context("spawn"), (os.getpid(),)
    with ProcessPoolExecutor(workers, context, initializer=_end_with, initargs=parent) as processes:
        running = {processes.submit(_measured, job): job.seed for job in jobs}
        for done in as_completed(running):
            done.result()
            follow(f"company {running[done]}")
    for finished in running:  # in the order of the seeds, so that sums do not depend on who was first
        _merge(total, finished.result())
    return judged(total, len(jobs), statistics, arrows)


@dataclass(frozen=True)
class _Job:
    """One company to be measured, in a form that another process understands."""

    profile: str
    seed: int
    days: int | None
    overrides: dict[str, Any]
    rows: frozenset[str]
    without: frozenset[str] = frozenset()
    kept: Path | None = None


def _end_with(parent: int) -> None:
    """End this process when the one that began it is gone: a killed run leaves nothing running."""

    def watch() -> None:
        while os.getppid() == parent:
            sleep(1)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _measured(job: _Job) -> Pool:
    """A company's pool: as an earlier run kept it, or simulated and then kept."""
    if job.kept is None:
        return _simulated(job)
    path = job.kept / f"{_fingerprint(job)}.json"
    if path.exists():
        return Pool(**json.loads(path.read_text(encoding="utf-8")))
    pool = _simulated(job)
    job.kept.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(f".{os.getpid()}.part")
    scratch.write_text(json.dumps({"sums": pool.sums, "samples": pool.samples}), encoding="utf-8")
    scratch.replace(path)
    return pool


def _fingerprint(job: _Job) -> str:
    """Everything that a company's pool depends on: the program's own text, the scenario, seed, days and rows."""
    found = hashlib.sha256(repr((job.seed, job.days, sorted(job.rows), sorted(job.without), END)).encode())
    found.update(load_scenario(job.profile, job.overrides).model_dump_json().encode())
    program = Path(tapflow.__file__).parent
    for path in sorted(p for room in _ROOMS for p in (program / room).rglob("*.py")):
        found.update(path.read_bytes())
    return f"{job.profile}-{job.seed}-{found.hexdigest()[:16]}"


def _simulated(job: _Job) -> Pool:
    statistics = tuple(s for s in STATISTICS if s.name in job.rows)
    arrows = tuple(a for a in ARROWS if a.name in job.rows)
    scenario = load_scenario(job.profile, job.overrides)
    span = job.days or scenario.size.days
    company = Company(scenario, job.seed, day_number(END) - span + 1)
    pool = Pool()
    with opened(None, Limits(memory_mb=4000, threads=1)) as connection:
        _declare_empty(connection)
        _live(connection, company, span, set(needed_logs(statistics, arrows)), job.without)
        measure(connection, pool, statistics, arrows)
    return pool


def _live(
    connection: Connection, company: Company, days: int, wanted: set[str], without: frozenset[str] = frozenset()
) -> None:
    """Simulate the days; small logs are kept whole, streams digested a span of days at a time."""
    parts: dict[str, list[pa.Table]] = defaultdict(list)
    for index in range(days):
        day = step(company, without)
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
