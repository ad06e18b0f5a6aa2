"""Every error that a lower library may raise, as one of ours."""

from __future__ import annotations

import errno

from tapflow.core.errors import DiskFull, SurroundingsFailed, TapflowError

_REPORT = "Run it again with --debug to see where; if it stays, report it with that output."


def as_tapflow_error(error: BaseException) -> TapflowError:
    """The error itself if it is one of ours, or the one that tells a person what it means."""
    if isinstance(error, TapflowError):
        return error
    if isinstance(error, MemoryError):
        return SurroundingsFailed(
            "The memory of this machine did not suffice.", "Close other programs, or use a smaller --profile."
        )
    if isinstance(error, OSError):
        return _of_system(error)
    if _says_disk_full(error):
        return DiskFull("The disk is full.", "Make room and run the same command again: it goes on where it stopped.")
    first = (str(error).strip().splitlines() or [""])[0]
    return SurroundingsFailed(f"Something unforeseen happened ({type(error).__name__}: {first[:300]}).", _REPORT)


def _of_system(error: OSError) -> TapflowError:
    where = f" {error.filename}" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"The disk is full{f' (writing{where})' if where else ''}.",
            "Make room and run the same command again: it goes on where it stopped.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SurroundingsFailed(
            f"There is no permission to use{where or ' a file'}.", "Check its owner, or use another home with --home."
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return SurroundingsFailed(
            f"There is no{where or ' such file'}, and it cannot be made there.", "Check the path given with --home."
        )
    if isinstance(error, ConnectionError | TimeoutError):
        return SurroundingsFailed(
            f"A connection failed: {error}.", "Check that the other side runs and can be reached."
        )
    text = error.strerror or str(error)
    return SurroundingsFailed(f"The system refused{where or ' an operation'}: {text}.", _REPORT)


def _says_disk_full(error: BaseException) -> bool:
    # DuckDB and Arrow carry the system's message as text, some inside another error.
    seen: BaseException | None = error
    while seen is not None:
        text = str(seen).lower()
        if "no space left on device" in text or "disk full" in text or "errno 28" in text:
            return True
        seen = seen.__cause__ or seen.__context__
    return False
