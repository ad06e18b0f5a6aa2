"""`tapflow policy`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from tapflow.access.checking import Sight, problems, sights
from tapflow.core.errors import CheckFailed
from tapflow.pipeline.access_here import AccessHere, catalogue_of
from tapflow.pipeline.as_person import as_option
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.screen import Screen, verdict
from tapflow.warehouse.version import Versions


@click.group("policy")
def command() -> None:
    """Look at the policy: who may see what."""


@command.command("check")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@as_option
@home_option
def check(home: Home, person: str | None, as_json: bool) -> None:
    """Validate the policy against the published tables, and list what each person sees."""
    home.require_pin()
    here = AccessHere(home)
    catalogue = catalogue_of(Versions(home.warehouse).current())
    wrong = problems(here.policy, catalogue)
    seen = [] if wrong else sights(here.policy, catalogue, [person] if person else None)
    if as_json:
        told = {"policy": here.policy.digest, "version": catalogue.version, "problems": wrong}
        click.echo(json.dumps({**told, "people": [asdict(s) for s in seen]}, indent=1))
    else:
        _print(here, wrong, seen, bool(person))
    if wrong:
        raise CheckFailed(
            f"The policy has {len(wrong)} problem{'s' if len(wrong) > 1 else ''}.", "Correct the keys named above."
        )


def _print(here: AccessHere, wrong: list[str], seen: Sequence[Sight], whole: bool) -> None:
    screen = Screen()
    for problem in wrong:
        screen.line(f"✗ {problem}")
    if wrong:
        return
    screen.out.print(verdict(True, f"policy {here.policy.digest}"))
    told = [asdict(s) for s in seen]
    if whole:
        for key, value in told[0].items():
            shown = (
                value
                if isinstance(value, str)
                else ", ".join(f"{k} {v}" for k, v in value.items())
                if isinstance(value, dict)
                else ", ".join(value)
            )
            screen.line(f"{key.replace('_', ' '):<15} {shown or '-'}")
        return
    screen.table(
        ("person", "roles", "may", "tables", "narrowed", "closed", "masked columns"),
        (
            (
                s["person"], ", ".join(s["roles"]) or "everything", ", ".join(s["may"]), len(s["open"]),
                len(s["narrowed"]), len(s["closed"]), ", ".join(f"{n} {m}" for m, n in s["masked_columns"].items()),
            )
            for s in told
        ),
        numeric=("tables", "narrowed", "closed"),
    )  # fmt: skip
