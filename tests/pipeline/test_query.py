"""`tapflow query`, before it reads anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapflow.pipeline import cli
from tapflow.pipeline.access_here import AccessHere
from tapflow.pipeline.home import Home, Pin


def test_who_is_narrowed_does_not_see_round_the_policy(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "h")
    home.settle(Pin("tiny", 1, "digest", "2026-03-01"))
    text, _ = AccessHere(home).sign_in.create("felix")
    monkeypatch.setenv("TAPFLOW_TOKEN", text)
    assert cli.run(["query", "mrr", "--home", str(home.root)]) == 2
    said = capsys.readouterr().err
    assert "felix may not ask metrics yet" in said and "tapflow sql" in said
