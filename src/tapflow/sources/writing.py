"""Writing logs in a process of its own, so that stepping the company and encoding share no interpreter.

Threads were not enough: a day is some 110 files, most of them small, and encoding a small file is
mostly calls, for which the threads waited on one another. A day's tables go to the process as one
message over its standard input, and an answer of what was written comes back over its output, in
the same order. The process ends when its input does, so also when its parent is killed.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

import pyarrow as pa

from tapflow.core.errors import SurroundingsFailed
from tapflow.sources.logs import Written, write_log

Files = Sequence[tuple[Path, pa.Table]]
"""Where a table is to be written, and the table."""

_SIZE_BYTES = 8  # of a message, told before it


class LogWriter(Protocol):
    """Writes days' files in the order in which they were handed over."""

    def put(self, files: Files) -> None:
        """Hand over a day's files. Returns at once."""

    def take(self) -> list[Written]:
        """Wait for the files of the first day not yet taken. Raises what writing them raised."""

    def close(self) -> None:
        """Wait for what is under way and let go; days not begun are not written."""


class ThreadWriter:
    """Writes in a thread of this process: for a few days, or where one core is all there is."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="tapflow-log")
        self._jobs: deque[Future[list[Written]]] = deque()

    def put(self, files: Files) -> None:
        """Hand over a day's files."""
        self._jobs.append(self._pool.submit(_write, files))

    def take(self) -> list[Written]:
        """Wait for the next day's files."""
        return self._jobs.popleft().result()

    def close(self) -> None:
        """Wait for the day under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class ProcessWriter:
    """Writes in another process, fed by a thread: a pipe holds little, and the company shall not wait for it."""

    def __init__(self) -> None:
        # The parent's own path: the child finds the same program, wherever it was begun. A process group of
        # its own keeps the terminal's Ctrl-C from it; it ends when its input does.
        program = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, process_group=0
        )
        self._feeding = ThreadPoolExecutor(1, thread_name_prefix="tapflow-log")
        self._sent: deque[Future[None]] = deque()

    def put(self, files: Files) -> None:
        """Hand over a day's files, packed here: in the feeding thread each file would wait for the interpreter."""
        message = _packed(files)
        self._sent.append(self._feeding.submit(_send, self._pipe(self._process.stdin), message))

    def take(self) -> list[Written]:
        """Wait for the next day's files."""
        with suppress(BrokenPipeError):  # it is gone, and so is its answer
            self._sent.popleft().result()
        answer = _receive(self._pipe(self._process.stdout))
        if answer is None:
            raise SurroundingsFailed(
                f"The process that writes logs ended early (exit code {self._process.wait()}).",
                "Run the command again: it goes on after the last whole day.",
            )
        # From our own child, over a pipe that nobody else holds.
        told = pickle.loads(answer)
        if isinstance(told, Exception):
            raise told
        written: list[Written] = told
        return written

    def close(self) -> None:
        """Let the process end. Its output goes first: it then ends after the day under way."""
        self._pipe(self._process.stdout).close()
        self._feeding.shutdown(wait=True, cancel_futures=True)
        self._pipe(self._process.stdin).close()
        self._process.wait()

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe


def serve() -> None:
    """The process's life: a message, its files, an answer, until no more come."""
    given, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    try:
        while (message := _receive(given)) is not None:
            told: list[Written] | Exception
            try:
                told = _write(_unpacked(message))
            except Exception as error:
                told = error
            _send(answers, pickle.dumps(told))
    except BrokenPipeError:  # nobody listens any more
        pass


def _write(files: Files) -> list[Written]:
    return [write_log(path, table) for path, table in files]


def _packed(files: Files) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    parts: list[tuple[str, int]] = []
    for path, table in files:
        began = sink.tell()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        parts.append((str(path), sink.tell() - began))
    index = pickle.dumps(parts)
    sink.write(index)
    sink.write(len(index).to_bytes(_SIZE_BYTES, "little"))
    return sink.getvalue()


def _unpacked(message: bytes | bytearray) -> Files:
    end = len(message) - _SIZE_BYTES
    size = int.from_bytes(message[end:], "little")
    parts: list[tuple[str, int]] = pickle.loads(message[end - size : end])
    whole, at, files = pa.py_buffer(message), 0, []
    for path, length in parts:
        files.append((Path(path), pa.ipc.open_stream(whole.slice(at, length)).read_all()))
        at += length
    return files


def _send(pipe: IO[bytes], message: pa.Buffer | bytes) -> None:
    """Write a message whole; as few calls as can be, since after each a thread waits for the interpreter."""
    size = memoryview(message).nbytes.to_bytes(_SIZE_BYTES, "little")
    rest = memoryview(message).cast("B")
    sent = os.writev(pipe.fileno(), [size, rest]) - len(size)
    while sent < len(rest):
        sent += os.write(pipe.fileno(), rest[sent:])


def _receive(pipe: IO[bytes]) -> bytearray | None:
    """The next message, or None when the other side is gone."""
    head = _exactly(pipe, _SIZE_BYTES)
    return None if head is None else _exactly(pipe, int.from_bytes(head, "little"))


def _exactly(pipe: IO[bytes], size: int) -> bytearray | None:
    content = bytearray(size)
    view, got = memoryview(content), 0
    while got < size:
        count = pipe.readinto(view[got:])  # type: ignore[attr-defined]
        if not count:
            return None
        got += count
    return content
