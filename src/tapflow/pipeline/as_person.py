"""`--as`: who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def as_option(command: F) -> F:
    """`--as PERSON`, as `person: str | None`."""
    return click.option(
        "--as", "person", metavar="PERSON", help="Ask as this person of the policy [default the home's owner]."
    )(command)
