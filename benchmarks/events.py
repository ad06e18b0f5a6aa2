"""Device events: simulated and written, per CPU-second.

The peer of the first ratio writes the very same rows, already made, with the same encodings;
the peer of the second is `jafgen`, a generator of a made-up shop, run in an environment of its
own and counted in rows per CPU-second.
"""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.figure import Figure
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import PROCESSES, step
from tapflow.core.clock import day_number
from tapflow.sources import telemetry
from tapflow.sources.logs import table_of, write_log
from tapflow.sources.memory import freed_memory_kept

WARM_DAYS, DAYS = 4, 5
JAFGEN = "jafgen==0.4.14"


def measure(profile: str = "full") -> list[Figure]:
    """CPU-seconds of making and writing events, of writing alone, and of jafgen."""
    company = Company(load_scenario(profile), 1, day_number(date(2026, 3, 1)))
    for _ in range(WARM_DAYS):
        step(company)
    rows = 0
    both = alone = 0.0
    # As the simulator does.
    with tempfile.TemporaryDirectory() as scratch, freed_memory_kept():
        for number in range(DAYS):
            made, seconds = _devices_day(company)
            began = time.process_time()
            declared = telemetry.OBJECTS[0]
            table = table_of(declared, made)
            write_log(Path(scratch) / f"{number}.parquet", table)
            both += seconds + time.process_time() - began
            again = time.process_time()
            write_log(Path(scratch) / "again.parquet", table)
            alone += time.process_time() - again
            rows += table.num_rows
    ours = rows / both
    figures = [Figure("device events simulated and written", ours, "events a CPU-second", ours / (rows / alone), 0.6,
                      "writing the same rows, already made")]  # fmt: skip
    peer = _jafgen()
    figures.append(Figure("against jafgen", ours / peer, "times its rows a CPU-second", ours / peer, 100, "jafgen"))
    return figures


def _devices_day(company: Company) -> tuple[dict[str, object], float]:
    """One day of the company; the devices' records and the CPU-seconds that they alone took."""
    number = company.last_day + 1
    day = Day(number, company.chance(number))
    seconds = 0.0
    for process in PROCESSES:
        began = time.process_time()
        process.step(company, day)
        if ".devices." in process.step.__module__:
            seconds += time.process_time() - began
    company.last_day = number
    began = time.process_time()
    made = telemetry.records(company, day)["events"]
    return dict(made), seconds + time.process_time() - began


def _jafgen() -> float:
    """Rows a CPU-second of jafgen making a year of its shop."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        python = place / "venv" / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", str(place / "venv")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", JAFGEN], check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([str(place / "venv" / "bin" / "jafgen"), "1"], cwd=place, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        rows = 0
        for path in place.rglob("*.csv"):
            if "venv" not in path.parts:
                with path.open(newline="", encoding="utf-8") as handle:
                    rows += sum(1 for _ in csv.reader(handle)) - 1
    return rows / seconds
