"""A vendor that drops daily files into a sources' folder, well behaved or not."""

from __future__ import annotations

import gzip
import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from tapflow.core.schema import Type
from tapflow.ingest import Contract, ContractField

FIRST = date(2025, 1, 30)

ORDERS = Contract(
    "shop",
    "orders",
    (
        ContractField("id", Type.STRING, required=True),
        ContractField("amount", Type.INT, required=True),
        ContractField("updated", Type.TIMESTAMP, required=True),
        ContractField("note", Type.STRING),
        ContractField("rate", Type.FLOAT),
    ),
)
EVENTS = Contract(
    "taps",
    "events",
    (ContractField("device", Type.INT, required=True), ContractField("at", Type.TIMESTAMP, required=True)),
    by_day=True,
)
CONTRACTS = {c.key: c for c in (ORDERS, EVENTS)}


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def orders(number: int, count: int = 3, factor: int = 1, **columns: Any) -> pa.Table:
    """Orders of a day: ids that tell the day, amounts that add up."""
    at = datetime.combine(day(number), datetime.min.time())
    return pa.table(
        {
            "id": [f"o{number}-{i}" for i in range(count)],
            "amount": pa.array([(number * 100 + i) * factor for i in range(count)], pa.int64()),
            "updated": pa.array([at + timedelta(hours=i) for i in range(count)], pa.timestamp("us")),
            "note": pa.array([None] * count, pa.string()),
            "rate": pa.array([0.5] * count, pa.float64()),
            **columns,
        }
    )


def events(number: int, count: int = 5) -> pa.Table:
    at = datetime.combine(day(number), datetime.min.time())
    return pa.table(
        {
            "device": pa.array(range(count), pa.int64()),
            "at": pa.array([at + timedelta(seconds=i) for i in range(count)], pa.timestamp("us")),
        }
    )


class Vendor:
    """Writes files and markers below `<home>/sources`."""

    def __init__(self, home: Path) -> None:
        self.sources = home / "sources"
        self.days: dict[date, dict[str, dict[str, Any]]] = {}

    def put(
        self, key: str, number: int, content: pa.Table | bytes | list[Any], suffix: str = ".parquet", **marked: Any
    ) -> Path:
        """A day's file of an object, and its line in the day's marker (not closed yet)."""
        path = self.sources / key / f"{day(number).isoformat()}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = len(content) if isinstance(content, list) else getattr(content, "num_rows", None)
        path.write_bytes(as_bytes(content, suffix))
        entry = {"rows": rows, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **marked}
        self.days.setdefault(day(number), {})[key] = entry
        return path

    def close(self, number: int, loaded_at: str | None = None) -> None:
        """Write the day's marker: its files count from now on."""
        path = self.sources / "_days" / f"{day(number).isoformat()}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        marker = {"day": day(number).isoformat(), "loaded_at": loaded_at, "files": self.days.get(day(number), {})}
        path.write_bytes(orjson.dumps(marker))

    def run(self, numbers: range) -> None:
        """Ordinary days of both objects."""
        for number in numbers:
            self.put("shop/orders", number, orders(number))
            self.put("taps/events", number, events(number))
            self.close(number)


def as_bytes(content: pa.Table | bytes | list[Any], suffix: str) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, pa.Table):
        sink = pa.BufferOutputStream()
        pq.write_table(content, sink, store_schema=False, compression="zstd")
        return sink.getvalue().to_pybytes()
    lines = b"".join((line if isinstance(line, bytes) else orjson.dumps(line)) + b"\n" for line in content)
    return gzip.compress(lines, mtime=0) if suffix.endswith(".gz") else lines
