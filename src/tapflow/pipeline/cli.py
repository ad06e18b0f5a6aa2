"""The command line: the tree of commands, and how errors leave it.

A command's module is imported only when it runs, so that help answers at once; the
sentences below are what help shows meanwhile, and each is its command's own first line.
"""

from __future__ import annotations

import difflib
import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import NoReturn

import click

from tapflow.pipeline.invocation import Invocation, debug_option

_COMMANDS: Mapping[str, str] = {
    "up": "Bring the company and its platform up to date: simulate, ingest, build, verify.",
    "day": "Take the next N days end to end, or do one again.",
    "simulate": "Simulate the company and write what its systems saw.",
    "ingest": "Load the systems' logs into the lake.",
    "build": "Build the warehouse and publish a version.",
    "verify": "Compare the published figures with the truth, by day, by month, and by month in each dimension.",
    "realism": "Measure the emitted data against published bands, and look for every cause's effect.",
    "query": "Ask metrics by dimensions and period.",
    "sql": "Ask the published tables one question in SQL.",
    "policy": "Look at the policy: who may see what.",
    "people": "Look at who may ask, and give passwords.",
    "login": "Sign in as a person: later commands ask as them, for a day.",
    "token": "Make, list and take back API tokens.",
    "audit": "Look at who asked what, and whether the log is whole.",
    "versions": "List the published versions.",
    "rollback": "Serve an older published version again.",
    "lake": "Look after the lake's tables.",
    "quarantine": "Look at what was refused and kept.",
    "status": "Show what this home holds.",
    "doctor": "Check that this machine can run TapFlow.",
}


class LazyGroup(click.Group):
    """A group whose commands lie in `pipeline/commands/<name>.py` as `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a day, not of the alphabet."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"tapflow.pipeline.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is answered with the nearest names."""
        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            near = difflib.get_close_matches(args[0], _COMMANDS, n=2, cutoff=0.5)
            step = f" Did you mean {' or '.join(near)}?" if near else " See: tapflow --help"
            raise click.UsageError(f"There is no command {args[0]!r}.{step}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tapflow", message="TapFlow %(version)s")
@debug_option
def cli() -> None:
    """TapFlow: an analytics platform with the company inside it, and its truth known.

    Begin with `tapflow up`. Exit codes: 0 good, 1 a check failed, 2 asked wrongly,
    3 the surroundings failed.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and answer its exit code; every error becomes a sentence on stderr."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    # Told here too, for what goes wrong before a command has read its options.
    invocation = Invocation(debug="--debug" in given or os.environ.get("TAPFLOW_DEBUG", "") in ("1", "true"))
    try:
        result = cli.main(
            args=given,
            prog_name="tapflow", standalone_mode=False, obj=invocation,
        )  # fmt: skip
        return result if isinstance(result, int) else 0
    except click.UsageError as error:
        where = f" See: {error.ctx.command_path} --help" if error.ctx and "Did you mean" not in str(error) else ""
        return _tell(f"{error.format_message().rstrip('.?')}{_mark(error)}{where}", 2)
    except click.exceptions.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return _stopped()
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is wrong.
        sys.stdout = None  # type: ignore[assignment]
        return 0
    except Exception as error:  # noqa: BLE001 (the last line of defence: every error ends as a sentence)
        # A library may wrap a person's Ctrl-C in an error of its own: that person is told what they know.
        return _stopped() if _stops else _explain(error, invocation.debug)


def _stopped() -> int:
    return _tell("Stopped. What was done is kept; run the same command again to go on.", 3)


def _mark(error: click.UsageError) -> str:
    return "?" if error.format_message().endswith("?") else "."


def _explain(error: Exception, debug: bool) -> int:
    from tapflow.pipeline.failures import as_tapflow_error

    told = as_tapflow_error(error)
    if debug:
        import traceback

        traceback.print_exception(error)
    return _tell(str(told), told.exit_code)


def _tell(sentence: str, code: int) -> int:
    click.echo(f"tapflow: {sentence}", err=True)
    return code


_stops: list[int] = []  # signals that asked this process to stop


def _stop(number: int, _: FrameType | None) -> NoReturn:
    _stops.append(number)
    raise KeyboardInterrupt


def main() -> NoReturn:
    """The entry point of `tapflow`."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    sys.exit(run())
