"""`tapflow token`."""

from __future__ import annotations

import json

import click

from tapflow.access.audit import Access, Outcome
from tapflow.access.policy import OWNER, Scope
from tapflow.access.tokens import DEFAULT_DAYS, Token
from tapflow.core.errors import AskedWrongly
from tapflow.pipeline.access_here import SURFACE, AccessHere, place
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.screen import Screen


@click.group("token")
def command() -> None:
    """Make, list and take back API tokens."""


@command.command("create")
@click.argument("person")
@click.option("--scope", "scopes", multiple=True, type=click.Choice([s.value for s in Scope]), help="What it may do.")
@click.option("--days", type=int, default=DEFAULT_DAYS, show_default=True, help="How long it lasts.")
@click.option("--note", default="", help="What it is for.")
@home_option
def create(home: Home, person: str, scopes: tuple[str, ...], days: int, note: str) -> None:
    """Make a token for a person; its text is shown this once."""
    home.require_pin()
    here = AccessHere(home)
    _require_own(here, person)
    text, token = here.sign_in.create(person, tuple(Scope(s) for s in scopes), days, note)
    _log(here, "token create", token)
    Screen().say(f"Token {token.id} of {person}, good until {token.expires_at}. It is shown this once:")
    click.echo(text)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@home_option
def list_tokens(home: Home, as_json: bool) -> None:
    """List the tokens, without their texts."""
    here = AccessHere(home)
    asking = here.identity(None).person
    told = [
        {
            "id": t.id, "person": t.person, "scopes": [s.value for s in t.scopes], "created_at": t.created_at,
            "expires_at": t.expires_at, "state": state.value, "note": t.note,
        }
        for t, state in here.sign_in.tokens()
        if asking in (OWNER, t.person)
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"tokens": told}, indent=1))
        return
    Screen().table(
        ("id", "person", "state", "scopes", "expires at", "note"),
        ((t["id"], t["person"], t["state"], ", ".join(t["scopes"]), t["expires_at"], t["note"]) for t in told),
    )


@command.command("revoke")
@click.argument("token")
@home_option
def revoke(home: Home, token: str) -> None:
    """Take a token back, by its id."""
    home.require_pin()
    here = AccessHere(home)
    whose = {t.id: t.person for t, _ in here.sign_in.tokens()}
    _require_own(here, whose.get(token, OWNER))
    _log(here, "token revoke", here.sign_in.revoke(token))
    Screen().say(f"Token {token} lets nobody in any more.")


def _require_own(here: AccessHere, person: str) -> None:
    asking = here.identity(None).person
    if asking not in (OWNER, person):
        raise AskedWrongly(f"{asking} may not handle {person}'s tokens.", "Only the home's owner handles others' ones.")


def _log(here: AccessHere, what: str, token: Token) -> None:
    identity = here.identity(None)
    here.log.append(
        Access(
            who=token.person, what=what, outcome=Outcome.ANSWERED, by=identity.by, surface=SURFACE, place=place(),
            said=f"{token.id}: {', '.join(token.scopes)} until {token.expires_at}",
        )
    )  # fmt: skip
