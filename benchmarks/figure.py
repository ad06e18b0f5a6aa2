"""What every benchmark answers: figures, each with its limit, on a named machine."""

from __future__ import annotations

import json
import os
import platform
import resource
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    `ratio` is the figure against its limit or peer, made so that more is better: at least
    `least` is good. `peer` says what it is a ratio to.
    """

    name: str
    value: float
    unit: str
    ratio: float
    least: float
    peer: str

    @property
    def good(self) -> bool:
        """Whether the limit is kept."""
        return self.ratio >= self.least

    def line(self) -> str:
        """For people."""
        mark = "good" if self.good else "over"
        against = f"ratio {self.ratio:8.2f} (least {self.least:g}, {self.peer})"
        return f"  {self.name:44s} {self.value:14,.3f} {self.unit:24s} {against}  {mark}"


def within(name: str, value: float, unit: str, limit: float) -> Figure:
    """A figure that may be at most `limit`."""
    return Figure(name, value, unit, limit / value if value else float("inf"), 1.0, f"limit {limit:g} {unit}")


def write(bench: str, figures: list[Figure]) -> Path:
    """Keep a benchmark's figures as JSON, with the machine that they were taken on."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{bench}.json"
    document = {"bench": bench, "machine": machine(), "figures": [{**asdict(f), "good": f.good} for f in figures]}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return path


def machine() -> dict[str, object]:
    """Processor, cores, memory and Python, as far as the system tells."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
    }


def child_peak_gib() -> float:
    """Greatest resident memory of any child process waited for so far, GiB."""
    kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return kib / 2**20 if platform.system() == "Linux" else kib / 2**30


def folder_gib(folder: Path) -> float:
    """Bytes on disk below a folder, GiB; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                stat = os.lstat(os.path.join(where, name))
            except FileNotFoundError:
                continue
            seen[stat.st_dev, stat.st_ino] = stat.st_blocks * 512
    return sum(seen.values()) / 2**30
