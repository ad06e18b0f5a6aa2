"""What commands answer as JSON is what docs/json says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.homes import BuiltHome

from tapflow.pipeline import cli

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "json"


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    cli.run([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def check(name: str, value: Any) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(value, schema, jsonschema.Draft202012Validator)


@pytest.fixture(scope="module")
def young(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three simulated days and nothing else."""
    home = tmp_path_factory.mktemp("young home") / "h"
    changes = home.with_suffix(".yml")
    changes.write_text("size: {days: 3}\n")
    code = cli.run(
        ["simulate", "--profile", "tiny", "--scenario", str(changes), "--until", "2026-03-03", "--home", str(home)]
    )
    assert code == 0
    return home


def test_doctor(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = answer(capsys, "doctor", "--home", str(tmp_path))
    check("doctor", found)
    assert {c["name"]: c["good"] for c in found["checks"]}["packages"]


def test_status(capsys: pytest.CaptureFixture[str], young: Path) -> None:
    found = answer(capsys, "status", "--home", str(young))
    check("status", found)
    assert (found["days"], found["first_day"], found["newest_day"]) == (3, "2026-03-01", "2026-03-03")
    assert found["last_run"]["outcome"] == "good"


def test_verify(capsys: pytest.CaptureFixture[str], tiny_home: BuiltHome) -> None:
    found = answer(capsys, "verify", "--home", str(tiny_home.root))
    check("verify", found)
    assert found["to"] == "2026-03-31"
    assert {f["grain"] for f in found["figures"]} == {"day", "month"}


def test_the_next_run_agrees_with_the_pin(capsys: pytest.CaptureFixture[str], young: Path) -> None:
    assert cli.run(["simulate", "--until", "2026-03-04", "--home", str(young)]) == 0
    assert cli.run(["simulate", "--until", "2026-03-04", "--seed", "9", "--home", str(young)]) == 2
    assert "another seed: 1, not 9" in capsys.readouterr().err


def test_a_schema_is_there_for_each_answer() -> None:
    schemas = {p.name.removesuffix(".schema.json") for p in SCHEMAS.glob("*.json")}
    told = {
        path.stem
        for path in (Path(cli.__file__).parent / "commands").glob("*.py")
        if '"--json"' in path.read_text(encoding="utf-8")
    }
    assert schemas == told
