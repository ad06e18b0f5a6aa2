"""The options that say whose company a command works on, the same for every command that has them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

DAY = click.DateTime(formats=["%Y-%m-%d"])


def company_options(command: F) -> F:
    """`--profile --scenario --until --seed --workers`, as keyword arguments of these names."""
    for option in reversed(
        (
            click.option("--profile", metavar="tiny|demo|full", help="The company's size [default demo]."),
            click.option("--scenario", type=click.Path(path_type=Path), metavar="FILE", help="Changes to the company."),
            click.option(
                "--until",
                type=DAY,
                metavar="DATE",
                help="The last day, YYYY-MM-DD [default yesterday]; a new home's whole history ends there.",
            ),
            click.option("--seed", type=click.IntRange(0, 2**63 - 1), metavar="N", help="Another chance [default 1]."),
            workers_option,
        )
    ):
        command = option(command)
    return command


def workers_option(command: F) -> F:
    """`--workers`, as `workers: int | None`."""
    return click.option(
        "--workers", type=click.IntRange(1, 256), metavar="N", help="How many cores to use [default all]."
    )(command)


def asked_of(profile: str | None, scenario: Path | None, until: datetime | None, seed: int | None) -> Any:
    """The options as one value."""
    from tapflow.pipeline.opening import Asked

    return Asked(profile, seed, scenario, until.date() if until else None)
