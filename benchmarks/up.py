"""The whole of `tapflow up`: wall time, peak memory of the process, disk at its peak and after."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.figure import Figure, child_peak_gib, folder_gib, within

# Limits by profile: minutes, GiB of memory, GiB of disk at the peak and after.
LIMITS = {"tiny": (1.0, 4.0, 1.0, 1.0), "demo": (3.0, 4.0, 12.0, 8.0), "full": (25.0, 10.0, 12.0, 8.0)}
_LOOK_SECONDS = 5.0


def measure(profile: str = "demo") -> list[Figure]:
    """Run it once in a new home."""
    minutes, memory, peak, after = LIMITS[profile]
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        watch = _Disk(home)
        watch.start()
        began = time.monotonic()
        run = subprocess.run(
            [sys.executable, "-m", "tapflow", "up", "--profile", profile, "--home", str(home)], check=False
        )
        took = (time.monotonic() - began) / 60
        watch.over.set()
        watch.join()
        if run.returncode:
            raise SystemExit(f"tapflow up --profile {profile} ended with {run.returncode}")
        return [
            within(f"up --profile {profile}", took, "minutes", minutes),
            within("greatest memory of a process", child_peak_gib(), "GiB", memory),
            within("disk at its peak", max(watch.peak_gib, folder_gib(home)), "GiB", peak),
            within("disk after", folder_gib(home), "GiB", after),
        ]


class _Disk(threading.Thread):
    """Looks at a folder's size every few seconds."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.peak_gib, self.over = folder, 0.0, threading.Event()

    def run(self) -> None:
        """Until told that it is over."""
        while not self.over.wait(_LOOK_SECONDS):
            self.peak_gib = max(self.peak_gib, folder_gib(self.folder))
