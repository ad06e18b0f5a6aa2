"""`python -m benchmarks [NAME] [options]`: run the benchmarks, print their figures, keep them as JSON."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks.figure import write

BENCHES = {
    "events": "device events simulated and written, against only writing them, and against jafgen",
    "event_bytes": "bytes of a device event in the lake, against JSON lines",
    "up": "the whole of `tapflow up`: time, memory, disk",
    "day": "one more day in a warm worker, from its end to its published figures",
    "history": "the cost of a late day against an early one",
}


def main() -> int:
    """Run one or all; exit 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=list(BENCHES), help="only this one")
    parser.add_argument("--profile", help="size of the company; each benchmark has its own default")
    chosen = parser.parse_args()
    kept = True
    for name in [chosen.name] if chosen.name else list(BENCHES):
        print(f"{name}: {BENCHES[name]}", flush=True)
        module = importlib.import_module(f"benchmarks.{name}")
        figures = module.measure(chosen.profile) if chosen.profile else module.measure()
        for figure in figures:
            print(figure.line(), flush=True)
        print(f"  kept in {write(name, figures)}", flush=True)
        kept &= all(f.good for f in figures)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
