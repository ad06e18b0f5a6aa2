"""`tapflow audit`."""

from __future__ import annotations

import json

import click

from tapflow.access.catalogue import Catalogue
from tapflow.access.policy import Scope
from tapflow.core.errors import CheckFailed
from tapflow.pipeline.access_here import AccessHere
from tapflow.pipeline.home import Home
from tapflow.pipeline.invocation import home_option
from tapflow.pipeline.screen import Screen


@click.group("audit")
def command() -> None:
    """Look at who asked what, and whether the log is whole."""


def _opened(home: Home) -> AccessHere:
    here = AccessHere(home)
    here.decision(here.identity(None), Catalogue({})).may(Scope.AUDIT).require()
    return here


@command.command("list")
@click.option("--who", metavar="PERSON", help="Only this person's.")
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="How many, newest last.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@home_option
def list_accesses(home: Home, who: str | None, last: int, as_json: bool) -> None:
    """List the newest accesses."""
    found = [e for e in _opened(home).log.entries() if who in (None, e.get("who"))][-last:]
    if as_json:
        click.echo(json.dumps({"accesses": found}, indent=1))
        return
    Screen().table(
        ("line", "at", "who", "by", "what", "outcome", "rows", "asked"),
        (
            (
                e.get("seq"), e.get("at"), e.get("who"), e.get("by"), e.get("what"), e.get("outcome"), e.get("rows"),
                " ".join(str(e.get("asked") or e.get("said") or "").split())[:80],
            )
            for e in found
        ),
        numeric=("line", "rows"),
    )  # fmt: skip


@command.command("verify")
@click.option("--digest", metavar="SHA256", help="A digest that verify told earlier and that was kept elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@home_option
def verify(home: Home, digest: str | None, as_json: bool) -> None:
    """Find lines that were changed, removed, put in or cut off."""
    found = _opened(home).log.verify(digest)
    if as_json:
        findings = [{"line": f.line, "problem": f.problem} for f in found.findings]
        told = {"good": found.good, "lines": found.lines, "digest": found.digest, "findings": findings}
        click.echo(json.dumps(told, indent=1))
    else:
        screen = Screen()
        for finding in found.findings:
            screen.line(f"✗ line {finding.line}: {finding.problem}" if finding.line else f"✗ {finding.problem}")
        if found.good:
            screen.line(f"✓ {found.lines} lines hold; digest {found.digest}")
    if not found.good:
        raise CheckFailed("The log of accesses was meddled with, or a writer was killed.", "See the lines named above.")
