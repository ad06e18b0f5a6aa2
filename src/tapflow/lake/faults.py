"""Errors of the libraries below, turned into this platform's own; and the test's way to make some."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pyarrow import ArrowInvalid
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from tapflow.core.errors import DiskFull, FileBroken, SurroundingsFailed, UnknownName

Hook = Callable[[str], None]
"""Called with a step's name before each step that touches the disk or the catalogue. A test
raises or kills here; in life nothing listens."""


def silent(step: str) -> None:
    """The hook of every run that is not a test."""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn what the disk, the catalogue and Iceberg raise into errors meant for a person."""
    try:
        yield
    except NoSuchTableError as error:
        raise UnknownName("table in the lake", str(error).rsplit(" ", 1)[-1], ()) from error
    except CommitFailedException as error:
        raise SurroundingsFailed(
            f"Another process changed {what} in the same moment.", "Run the command again; nothing was written."
        ) from error
    except (ValidationError, ArrowInvalid) as error:
        raise FileBroken(
            f"{what} has a file that cannot be read as what it should be: {str(error).splitlines()[0][:200]}.",
            "Restore the lake's folder, or delete it and load the sources again.",
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk is full: {what} could not be written.", "Free some room and run the command again."
            ) from error
        raise SurroundingsFailed(f"{what} could not be read or written: {error}") from error
    except SQLAlchemyError as error:
        text = str(getattr(error, "orig", error))
        if "disk is full" in text or "database or disk" in text:
            raise DiskFull(f"The disk is full: {what} could not be committed.") from error
        raise SurroundingsFailed(f"The lake's catalogue did not answer ({text}).") from error
