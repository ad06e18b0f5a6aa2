"""`tapflow login`."""

from __future__ import annotations

from contextlib import suppress

import click

from tapflow.access.audit import Access, Outcome
from tapflow.access.oidc import sign_in_by_issuer
from tapflow.access.tokens import NotSignedIn
from tapflow.core.errors import AskedWrongly, TapflowError
from tapflow.pipeline.access_here import SURFACE, AccessHere, place
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.screen import Screen

_SESSION_DAYS = 1


@click.command("login")
@click.argument("person", required=False)
@click.option("--out", is_flag=True, help="Sign out: commands ask as the home's owner again.")
@click.option("--sso", is_flag=True, help="Sign in by the configured issuer of OpenID Connect.")
@home_option
def command(home: Home, person: str | None, out: bool, sso: bool) -> None:
    """Sign in as a person: later commands ask as them, for a day."""
    home.require_pin()
    here, screen = AccessHere(home), Screen()
    if sso:
        sign_in_by_issuer(here.settings)
    if out:
        _sign_out(here)
        screen.say("Signed out: commands ask as the home's owner.")
        return
    if person is None:
        raise AskedWrongly("Who signs in?", "Say tapflow login NAME; tapflow people list names them.")
    try:
        _let_in(here, person)
    except TapflowError as error:
        here.log.append(_noted(person, Outcome.REFUSED, type(error).__name__))
        raise
    text, _ = here.sign_in.create(person, days=_SESSION_DAYS, note="tapflow login")
    _sign_out(here)
    here.keep_session(text)
    here.log.append(_noted(person, Outcome.ANSWERED))
    about = here.policy.people[person]
    screen.say(f"Signed in as {about.name} ({', '.join(about.roles)}) for a day. To end it: tapflow login --out")


def _let_in(here: AccessHere, person: str) -> None:
    if here.settings.demo and not here.sign_in.with_password(person):
        here.sign_in.check_demo(person)
        Screen().say("This is a demo: everybody is let in by name alone.")
        return
    here.sign_in.check_password(person, click.prompt("Password", hide_input=True, err=True))


def _sign_out(here: AccessHere) -> None:
    text = here.session_token()
    if text:
        with suppress(NotSignedIn):  # it may have ended already
            here.sign_in.revoke(here.sign_in.by_token(text).id)
    here.keep_session(None)


def _noted(person: str, outcome: Outcome, said: str = "") -> Access:
    return Access(who=person, what="login", outcome=outcome, by=person, surface=SURFACE, place=place(), said=said)
