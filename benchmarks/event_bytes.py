"""What a device event costs: bytes in the lake beside JSON lines, and CPU to load.

Simulates into a scratch home, loads it, and compares without loss: the lake's data files with
every event written as a JSON line (absent fields left out), plain and packed by gzip.
"""

from __future__ import annotations

import gzip
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import orjson
import pyarrow as pa

from benchmarks.figure import Figure, within
from tapflow.ingest import ingest_days
from tapflow.lake import Lake
from tapflow.pipeline.home import Home
from tapflow.pipeline.opening import Asked, open_company
from tapflow.pipeline.simulate import simulate

TABLE = "raw.telemetry__events"
LIMIT_BYTES = 16.0
SAMPLE_ROWS = 200_000


def measure(profile: str = "tiny", days: int = 30) -> list[Figure]:
    """Simulate, load, weigh."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(Path(scratch))
        company = open_company(home, Asked(profile=profile))
        simulate(home, company.pin.first_date + timedelta(days=days - 1))
        with Lake(home.root) as lake:
            began = time.process_time()
            report = ingest_days(home.root, lake, systems=["telemetry"])
            seconds = time.process_time() - began
            files = lake.files(TABLE)
            events = sum(f.rows for f in files)
            sample = lake.rows_of(TABLE, files[-3:]).drop_columns(["_loaded_at", "_source_file"])
        if report.rows != events:
            raise SystemExit(f"{report.rows} events were loaded and {events} lie in the lake")
    lines = json_lines(sample.slice(0, SAMPLE_ROWS))
    json_bytes = len(lines) / min(sample.num_rows, SAMPLE_ROWS)
    lake_bytes = sum(f.bytes for f in files) / events
    packed = len(gzip.compress(lines, 6)) / min(sample.num_rows, SAMPLE_ROWS)
    return [
        within("a device event in the lake", lake_bytes, "bytes", LIMIT_BYTES),
        Figure("as a JSON line", json_bytes, "bytes", json_bytes / lake_bytes, 1.0, "the lake"),
        Figure("as a JSON line packed by gzip", packed, "bytes", packed / lake_bytes, 1.0, "the lake"),
        within("loading a million events", seconds / events * 1e6, "CPU-seconds", 1.2),
    ]


def json_lines(rows: pa.Table) -> bytes:
    """The rows as JSON lines, fields without a value left out."""
    present = ({k: v for k, v in row.items() if v is not None} for row in rows.to_pylist())
    return b"".join(orjson.dumps(row, default=str) + b"\n" for row in present)
