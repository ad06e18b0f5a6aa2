"""Logs written by a process of their own are those that a thread writes, whatever the size of the days."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from tapflow.core.errors import SurroundingsFailed
from tapflow.sources.writing import Files, LogWriter, ProcessWriter, ThreadWriter

# More days than may be under way, growing and shrinking: memory is made larger, and used again when it is too large.
ROWS = [10, 50_000, 3, 0, 400_000, 7, 400_000, 20, 1_000, 5]


def _files(folder: Path, day: int, rows: int) -> Files:
    numbers = pa.table({"id": pa.array(range(rows), pa.int64()), "day": pa.array([day] * rows, pa.int64())})
    words = pa.table({"word": pa.array([f"word {n % 7}" for n in range(rows)]).dictionary_encode()})
    return [(folder / "numbers" / f"{day}.parquet", numbers), (folder / "words" / f"{day}.parquet", words)]


def _write(writer: LogWriter, folder: Path) -> list[tuple[int, str]]:
    told, waiting = [], 0
    for day, rows in enumerate(ROWS):
        writer.put(_files(folder, day, rows))
        waiting += 1
        if waiting > 3:
            told += writer.take()
            waiting -= 1
    for _ in range(waiting):
        told += writer.take()
    writer.close()
    return [(w.rows, w.sha256) for w in told]


@pytest.mark.parametrize("make", [ThreadWriter, ProcessWriter])
def test_days_come_back_in_their_order_with_their_files(make: Callable[[], LogWriter], tmp_path: Path) -> None:
    told = _write(make(), tmp_path)
    assert [rows for rows, _ in told] == [rows for rows in ROWS for _ in range(2)]
    assert len(list(tmp_path.rglob("*.parquet"))) == 2 * len(ROWS)


def test_a_process_writes_the_bytes_that_a_thread_writes(tmp_path: Path) -> None:
    assert _write(ProcessWriter(), tmp_path / "process") == _write(ThreadWriter(), tmp_path / "thread")


def test_what_cannot_be_written_is_told_and_the_next_day_is_written(tmp_path: Path) -> None:
    (tmp_path / "numbers").write_text("a file where a folder is wanted")
    writer = ProcessWriter()
    writer.put(_files(tmp_path, 0, 5))
    writer.put(_files(tmp_path / "elsewhere", 1, 5))
    with pytest.raises(NotADirectoryError):
        writer.take()
    assert [w.rows for w in writer.take()] == [5, 5]
    writer.close()


def test_a_writer_that_was_killed_is_told_in_a_sentence(tmp_path: Path) -> None:
    writer = ProcessWriter()
    os.kill(writer._process.pid, signal.SIGKILL)
    writer._process.wait()
    writer.put(_files(tmp_path, 0, 5))
    with pytest.raises(SurroundingsFailed, match="writes logs ended early"):
        writer.take()
    writer.close()
