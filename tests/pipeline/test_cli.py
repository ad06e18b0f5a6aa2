"""How commands begin, fail and end."""

from __future__ import annotations

import ast
import errno
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tapflow.core.errors import CheckFailed
from tapflow.pipeline import cli
from tapflow.pipeline.failures import as_tapflow_error

pytestmark = pytest.mark.usefixtures("capsys")


def raising(error: BaseException) -> click.Command:
    @click.command("status")
    def command() -> None:
        raise error

    return command


def run_raising(monkeypatch: pytest.MonkeyPatch, error: BaseException, *arguments: str) -> int:
    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: raising(error))
    return cli.run([*arguments, "status"])


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            CheckFailed("Two figures differ.", "See them with --figure."),
            1,
            "Two figures differ. See them with --figure.",
        ),
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), 3, "The disk is full (writing /x/y)."),
        (RuntimeError("IO Error: No space left on device"), 3, "The disk is full."),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 3, "There is no permission to use /x."),
        (KeyboardInterrupt(), 3, "What was done is kept"),
        (MemoryError(), 3, "memory"),
        (ZeroDivisionError("division by zero"), 3, "--debug"),
    ],
)
def test_an_error_is_a_sentence_and_a_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, words: str
) -> None:
    assert run_raising(monkeypatch, error) == code
    out, err = capsys.readouterr()
    assert words in err
    assert out == ""
    assert "Traceback" not in err


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_raising(monkeypatch, ZeroDivisionError("x"), "--debug") == 3
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["statsu"], "Did you mean status?"),
        (["status", "--hom", "x"], "--home"),
        (["doctor", "--nonsense"], "--nonsense"),
    ],
)
def test_asking_wrongly_is_two(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert cli.run(arguments) == 2
    assert words in capsys.readouterr().err


def test_an_unknown_setting_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAPFLOW_HOEM", "x")
    assert cli.run(["status"]) == 2
    assert "TAPFLOW_HOME" in capsys.readouterr().err


def test_status_before_the_first_run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.run(["status", "--home", str(tmp_path / "none")]) == 2
    assert "tapflow up" in capsys.readouterr().err


def test_every_command_says_what_its_list_says() -> None:
    context = click.Context(cli.cli)
    for name, sentence in cli._COMMANDS.items():
        command = cli.cli.get_command(context, name)  # type: ignore[attr-defined]
        assert command is not None, name
        assert (command.help or "").splitlines()[0] == sentence
        assert any("--home" in parameter.opts for parameter in _options(command)), f"{name} lacks --home"


def _options(command: click.Command) -> list[click.Parameter]:
    if isinstance(command, click.Group):
        return [p for child in command.commands.values() for p in _options(child)]
    return command.params


def test_help_imports_nothing_heavy() -> None:
    heavy = {"numpy", "duckdb", "dbt", "rich", "pydantic", "pyarrow", "numba"}
    code = "import sys, tapflow.pipeline.cli as c; c.run(['--help']); print({m.split('.')[0] for m in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy & ast.literal_eval(done.stdout.splitlines()[-1]) == set()


def test_unforeseen_errors_keep_their_first_line() -> None:
    assert "boom" in as_tapflow_error(ValueError("boom\nsecond")).message
