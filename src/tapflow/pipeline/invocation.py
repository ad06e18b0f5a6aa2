"""What every command shares: its options, its settings, its screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Invocation:
    """One run of the command line, shared by its commands through click's context."""

    debug: bool = False


def _note_debug(context: click.Context, _: click.Parameter, value: bool) -> bool:
    found = context.find_object(Invocation)
    if value and found is not None:
        found.debug = True
    return value


def debug_option(command: F) -> F:
    """`--debug`: show the traceback of an error."""
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_note_debug,
        help="Show an error's traceback.",
    )(command)


def home_option(command: F) -> F:
    """`--home`, given to the command as a `home: Home`; and `--debug`."""
    return click.option(
        "--home", "home", type=click.Path(path_type=Path, file_okay=False), callback=_open_home, metavar="DIR",
        help="Where the company lies [env TAPFLOW_HOME; default .tapflow].",
    )(debug_option(command))  # fmt: skip


def _open_home(_: click.Context, __: click.Parameter, value: Path | None) -> Any:
    from tapflow.core.settings import read_settings
    from tapflow.pipeline.home import Home

    return Home(value if value is not None else read_settings().home)
