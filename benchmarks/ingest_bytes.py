"""What a device event costs: bytes in the lake beside JSON lines, and CPU to load.

    python -m benchmarks.ingest_bytes [--profile tiny] [--days 30]

Simulates into a scratch home, loads it, and compares without loss: the lake's data files with
every event written as a JSON line (absent fields left out), plain and packed by gzip.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from tapflow.ingest import ingest_days
from tapflow.lake import Lake
from tapflow.pipeline.home import Home
from tapflow.pipeline.opening import Asked, open_company
from tapflow.pipeline.simulate import simulate

TABLE = "raw.telemetry__events"
LIMIT_BYTES = 16.0
SAMPLE_ROWS = 200_000


def measure(profile: str = "tiny", days: int = 30) -> dict[str, Any]:
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
        assert report.rows == events
    lines = json_lines(sample.slice(0, SAMPLE_ROWS))
    sampled = min(sample.num_rows, SAMPLE_ROWS)
    lake_bytes = sum(f.bytes for f in files) / events
    return {
        "events": events,
        "lake_bytes_per_event": round(lake_bytes, 2),
        "limit_bytes_per_event": LIMIT_BYTES,
        "json_bytes_per_event": round(len(lines) / sampled, 1),
        "json_gzip_bytes_per_event": round(len(gzip.compress(lines, 6)) / sampled, 1),
        "ratio_json_to_lake": round(len(lines) / sampled / lake_bytes, 1),
        "load_cpu_seconds_per_million": round(seconds / events * 1e6, 3),
    }


def json_lines(rows: pa.Table) -> bytes:
    """The rows as JSON lines, fields without a value left out."""
    present = ({k: v for k, v in row.items() if v is not None} for row in rows.to_pylist())
    return b"".join(orjson.dumps(row, default=str) + b"\n" for row in present)


def main() -> None:
    """Print the figures, and write them beside the others' results."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--profile", default="tiny")
    options.add_argument("--days", type=int, default=30)
    chosen = options.parse_args()
    found = measure(chosen.profile, chosen.days)
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "ingest_bytes.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
