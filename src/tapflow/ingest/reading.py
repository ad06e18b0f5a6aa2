"""Files of a source: bytes in, rows and refusals out."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from tapflow.core.errors import SurroundingsFailed


class Unreadable(Exception):
    """The file as a whole cannot be taken; the message is the reason."""


@dataclass(frozen=True)
class Content:
    """A file's bytes, read once."""

    path: Path
    data: bytes
    sha256: str


@dataclass(frozen=True)
class NotJson:
    """A line that is no record."""

    text: str
    reason: str


@dataclass(frozen=True)
class Records:
    """Records of a line-by-line file: each a mapping, besides lines that are none."""

    rows: Sequence[dict[str, Any]]
    broken: Sequence[NotJson]


def read_content(path: Path) -> Content:
    """The file's bytes and their digest. Raises SurroundingsFailed when the disk refuses."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SurroundingsFailed(f"{path} cannot be read: {error.strerror}.") from error
    return Content(path, data, hashlib.sha256(data).hexdigest())


def promised_content(paths: Sequence[Path], promised: str | None) -> Content:
    """The content of the file that has the promised digest; of the first one when none has."""
    contents = (read_content(path) for path in paths)
    first = next(contents)
    if promised is None or first.sha256 == promised:
        return first
    return next((c for c in contents if c.sha256 == promised), first)


def check_digest(content: Content, promised: str | None) -> None:
    """Raises Unreadable when the bytes are not those that the day's marker promised."""
    if promised is not None and content.sha256 != promised:
        raise Unreadable("its digest differs from the day's marker: half written, or changed since")


def parquet_table(content: Content) -> pa.Table:
    """The rows of a Parquet file. Raises Unreadable."""
    try:
        return pq.ParquetFile(pa.BufferReader(content.data)).read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"it is no whole Parquet file: {str(error).splitlines()[0][:200]}") from error


def parquet_footer(content: Content) -> pq.FileMetaData:
    """What a Parquet file's end tells of it. Raises Unreadable."""
    try:
        return pq.read_metadata(pa.BufferReader(content.data))
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"it is no whole Parquet file: {str(error).splitlines()[0][:200]}") from error


def json_records(content: Content) -> Records:
    """The records of a file of JSON lines, packed or not. Raises Unreadable."""
    data = content.data
    if content.path.name.endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise Unreadable(f"it cannot be unpacked: {error}") from error
    rows: list[dict[str, Any]] = []
    broken: list[NotJson] = []
    for line in data.splitlines():
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            broken.append(NotJson(line.decode("utf-8", "replace"), "not_json"))
            continue
        if isinstance(value, dict):
            rows.append(value)
        else:
            broken.append(NotJson(line.decode("utf-8", "replace"), "not_a_record"))
    return Records(rows, broken)
