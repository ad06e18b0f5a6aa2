"""`tapflow people`."""

from __future__ import annotations

import json
from typing import Any

import click

from tapflow.access.policy import OWNER
from tapflow.core.errors import AskedWrongly
from tapflow.pipeline.access_here import AccessHere
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.screen import Screen


@click.group("people")
def command() -> None:
    """Look at who may ask, and give passwords."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@home_option
def list_people(home: Home, as_json: bool) -> None:
    """List the policy's people."""
    here = AccessHere(home)
    told: list[dict[str, Any]] = [
        {
            "person": key, "name": about.name, "title": about.title, "department": about.department.value,
            "level": about.level.value, "roles": [r.value for r in about.roles], "groups": list(about.groups),
            "has_password": here.sign_in.with_password(key),
        }
        for key, about in here.policy.people.items()
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"demo": here.settings.demo, "people": told}, indent=1))
        return
    Screen().table(
        ("person", "name", "title", "roles", "groups", "password"),
        (
            (t["person"], t["name"], t["title"], ", ".join(t["roles"]), ", ".join(t["groups"]),
             "yes" if t["has_password"] else "")
            for t in told
        ),
    )  # fmt: skip
    if here.settings.demo:
        Screen().say("This is a demo: each of them signs in by name alone. Outside of it: TAPFLOW_DEMO=false.")


@command.command("password")
@click.argument("person")
@click.password_option(help="The new password; asked for when it is left out.")
@home_option
def password(home: Home, person: str, password: str) -> None:
    """Give a person a password."""
    home.require_pin()
    here = AccessHere(home)
    asking = here.identity(None).person
    if asking not in (OWNER, person):
        raise AskedWrongly(f"{asking} may not set {person}'s password.", "Only the home's owner sets others' ones.")
    here.sign_in.set_password(person, password)
    Screen().say(f"{person} has a new password.")
