"""Writing logs in a process of its own, so that stepping the company and encoding share no interpreter.

Threads were not enough: a day is some 110 files, most of them small, and encoding a small file is
mostly calls, for which the threads waited on one another. A day's tables are laid into memory that
both processes see, and which is used again for a later day: fresh memory costs its clearing, and a
pipe two more copies. Where they lie goes to the process over its standard input, and what was
written comes back over its output, in the same order. The process ends when its input does, so
also when its parent is killed.
"""

from __future__ import annotations

import mmap
import os
import pickle
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import LifoQueue
from typing import IO, Protocol

import pyarrow as pa

from tapflow.core.errors import SurroundingsFailed
from tapflow.sources.logs import Written, write_log
from tapflow.sources.memory import freed_memory_kept

Files = Sequence[tuple[Path, pa.Table]]
"""Where a table is to be written, and the table."""

_SIZE_BYTES = 8  # of a message, told before it
_SLOTS = 6  # days that may be under way; another one waits
_ROOM_BYTES = 1 << 24  # by which a slot grows


@dataclass(frozen=True)
class _Message:
    """Where a day's tables lie: the slot, and each file's path, begin and length in it."""

    slot: int
    parts: tuple[tuple[str, int, int], ...]


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
    """Writes in another process, which sees the tables in memory of both."""

    def __init__(self) -> None:
        self._slots = [_Slot(_unnamed()) for _ in range(_SLOTS)]
        # The slot that was free last comes first: no more are grown than are needed at once.
        self._free: LifoQueue[int] = LifoQueue()
        for place in range(_SLOTS):
            self._free.put(place)
        self._under_way: deque[int] = deque()
        files = [slot.file for slot in self._slots]
        # The parent's own path: the child finds the same program, wherever it was begun. A process group of
        # its own keeps the terminal's Ctrl-C from it; it ends when its input does.
        program = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import serve; serve({files!r})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            process_group=0,
            pass_fds=files,
        )

    def put(self, files: Files) -> None:
        """Hand over a day's files. Waits only when too many days are under way."""
        place = self._free.get()
        self._under_way.append(place)
        message = _Message(place, self._slots[place].lay(files))
        with suppress(BrokenPipeError):  # it is gone, which taking its answer tells
            _send(self._pipe(self._process.stdin), pickle.dumps(message))

    def take(self) -> list[Written]:
        """Wait for the next day's files."""
        answer = _receive(self._pipe(self._process.stdout))
        self._free.put(self._under_way.popleft())
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
        self._pipe(self._process.stdin).close()
        self._process.wait()
        for slot in self._slots:
            slot.close()

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe


class _Slot:
    """Memory that both processes see: an open file that has no name, mapped. It grows, and is used again."""

    def __init__(self, file: int) -> None:
        self.file = file
        self._map: mmap.mmap | None = None

    def lay(self, files: Files) -> tuple[tuple[str, int, int], ...]:
        """Lay tables into the memory; answers where each is: path, begin, length."""
        need = pa.MockOutputStream()
        for _, table in files:
            _lay(table, need)
        self._fit(need.size())
        sink = pa.FixedSizeBufferWriter(pa.py_buffer(self._mapped()))
        parts = []
        for path, table in files:
            begin = sink.tell()
            _lay(table, sink)
            parts.append((str(path), begin, sink.tell() - begin))
        return tuple(parts)

    def read(self, parts: Sequence[tuple[str, int, int]]) -> Files:
        """What was laid there, not copied: it stands until the slot is used again."""
        whole = pa.py_buffer(self._mapped())
        return [
            (Path(path), pa.ipc.open_stream(whole.slice(begin, length)).read_all()) for path, begin, length in parts
        ]

    def close(self) -> None:
        """Let the memory go; it is freed when the other process has, too."""
        os.close(self.file)

    def _fit(self, size: int) -> None:
        if os.fstat(self.file).st_size < size:
            os.ftruncate(self.file, -(-size // _ROOM_BYTES) * _ROOM_BYTES)

    def _mapped(self) -> mmap.mmap:
        size = os.fstat(self.file).st_size
        if self._map is None or len(self._map) != size:
            # The old one goes with the last table that was read from it.
            self._map = mmap.mmap(self.file, size)
        return self._map


def _unnamed() -> int:
    """An open file without a name: memory where the system has such, else a file that is deleted already."""
    if sys.platform == "linux":
        return os.memfd_create("tapflow-logs")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _lay(table: pa.Table, sink: pa.NativeFile) -> None:
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)


def serve(files: Sequence[int]) -> None:
    """The process's life: a message, its files, an answer, until no more come. `files`: of the slots."""
    slots = [_Slot(file) for file in files]
    given, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    # When nobody listens any more, the pipe is broken.
    with freed_memory_kept(), suppress(BrokenPipeError):
        while (message := _receive(given)) is not None:
            asked: _Message = pickle.loads(message)
            told: list[Written] | Exception
            try:
                told = _write(slots[asked.slot].read(asked.parts))
            except Exception as error:
                told = error
            _send(answers, pickle.dumps(told))


def _write(files: Files) -> list[Written]:
    return [write_log(path, table) for path, table in files]


def _send(pipe: IO[bytes], message: bytes) -> None:
    """Write a message whole."""
    rest = memoryview(len(message).to_bytes(_SIZE_BYTES, "little") + message)
    while rest:
        rest = rest[os.write(pipe.fileno(), rest) :]


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
