"""A company end to end by the command line, twice, a day at a time, and with bad input."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapflow.pipeline import cli
from tapflow.pipeline.home import Home
from tapflow.pipeline.runs import read_runs
from tapflow.pipeline.up import slices
from tapflow.warehouse.version import Versions

REPOSITORY = Path(__file__).resolve().parents[2]
UNTIL = "2026-03-20"


def tell(folder: Path, text: str) -> str:
    path = folder / "changes.yml"
    path.write_text(text)
    return str(path)


@pytest.fixture
def few_days(tmp_path: Path) -> list[str]:
    """Options of a tiny company of 3 days."""
    scenario = tell(tmp_path, "size: {days: 3}\n")
    return ["--profile", "tiny", "--scenario", scenario, "--until", UNTIL, "--home", str(tmp_path / "h")]


@given(st.integers(0, 2000), st.integers(1, 400))
def test_slices_cover_each_day_once_in_order(days: int, size: int) -> None:
    begin = date(2025, 1, 1)
    until = begin + timedelta(days=days - 1)
    ends = list(slices(begin, until, size))
    assert ends[-1] == until
    begins = [begin, *(end + timedelta(days=1) for end in ends[:-1])]
    assert all((end - start).days < size for start, end in zip(begins, ends, strict=True))
    assert all(end >= start for start, end in zip(begins[:-1], ends[:-1], strict=True))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--profile", "tniy"], "Did you mean tiny?"),
        (["--until", "2026-02-30"], "--until"),
        (["--seed", "one"], "--seed"),
        (["--seed", "-1"], "--seed"),
        (["--scenario", "nowhere.yml"], "There is no scenario file nowhere.yml"),
    ],
)
def test_a_wrong_question_is_answered_with_two(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], words: str
) -> None:
    assert cli.run(["up", *options, "--home", str(tmp_path / "h")]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert "Traceback" not in err
    assert not (tmp_path / "h" / "home.json").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("size: [", "not readable as YAML"),
        ("- a list", "must hold sections"),
        ("sizes: {days: 3}", "sizes"),
        ("size: {days: many}", "size.days"),
        ("customers: {no_such_number: 1}", "customers.no_such_number"),
    ],
)
def test_a_broken_scenario_names_the_key(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, words: str
) -> None:
    scenario = tell(tmp_path, text)
    assert cli.run(["simulate", "--profile", "tiny", "--scenario", scenario, "--home", str(tmp_path / "h")]) == 2
    assert words in capsys.readouterr().err


def test_an_end_before_the_first_day_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, few_days: list[str]
) -> None:
    assert cli.run(["simulate", *few_days]) == 0
    assert cli.run(["up", "--until", "2025-01-01", "--home", str(tmp_path / "h")]) == 2
    assert "before the first simulated day, 2026-03-18" in capsys.readouterr().err


def test_a_history_before_the_calendars_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked = ["--profile", "tiny", "--until", "1950-01-01", "--home", str(tmp_path / "h")]
    assert cli.run(["simulate", *asked]) == 2
    assert "the earliest possible is 2000-01-01" in capsys.readouterr().err
    assert not (tmp_path / "h" / "home.json").exists()


def test_a_home_in_use_is_refused_with_three(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, few_days: list[str]
) -> None:
    with Home(tmp_path / "h").locked():
        assert cli.run(["simulate", *few_days]) == 3
    assert "is in use by process" in capsys.readouterr().err


def test_a_corrupt_log_is_kept_counted_and_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, few_days: list[str]
) -> None:
    home = str(tmp_path / "h")
    assert cli.run(["simulate", *few_days]) == 0
    file = next((tmp_path / "h" / "sources" / "app" / "accounts").glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-20])
    assert cli.run(["ingest", "app", "--home", home]) == 0
    capsys.readouterr()
    assert cli.run(["quarantine", "list", "--home", home]) == 0
    assert "accounts" in capsys.readouterr().out


@pytest.mark.slow
def test_up_then_again_then_a_day_then_a_day_redone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    root = tmp_path / "a home"
    home = ["--home", str(root)]
    scenario = tell(tmp_path, "size: {days: 40}\n")
    begin = ["up", "--profile", "tiny", "--scenario", scenario, "--until", UNTIL, *home]
    assert cli.run(begin) == 0
    out = capsys.readouterr().out
    assert "Monthly recurring revenue" in out
    assert "Try next" in out
    first = Versions(root / "warehouse").current()

    assert cli.run(begin) == 0
    assert "nothing, for all was up to date" in capsys.readouterr().out
    assert Versions(root / "warehouse").current_id() == first.id
    assert not {"simulate", "build"} & {s["name"] for s in read_runs(root / "runs.jsonl")[-1]["steps"]}  # type: ignore[attr-defined]

    assert cli.run(["day", "--redo", "2026-03-01", *home]) == 0
    assert Versions(root / "warehouse").current_id() == first.id

    assert cli.run(["day", "2", *home]) == 0
    assert Home(root).last_day() == date(2026, 3, 22)
    newest = Versions(root / "warehouse").current()
    assert newest.data_through_day == "2026-03-22"

    assert cli.run(["rollback", *home]) == 0
    assert Versions(root / "warehouse").current_id() == first.id


@pytest.mark.slow
def test_with_a_retention_a_day_builds_once_and_old_events_go(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    root = tmp_path / "h"
    scenario = tell(tmp_path, "size: {days: 50, raw_retention_days: 20, source_retention_days: 10}\n")
    begin = ["up", "--profile", "tiny", "--scenario", scenario, "--until", UNTIL, "--home", str(root)]
    assert cli.run(begin) == 0
    first = Versions(root / "warehouse").current_id()
    events = root / "sources" / "telemetry" / "events"
    assert len(list(events.glob("*.parquet"))) == 10
    assert len(list((root / "sources" / "app" / "users").glob("*.parquet"))) == 10
    assert cli.run(begin) == 0
    assert Versions(root / "warehouse").current_id() == first, "what was let go makes no version anew"

    capsys.readouterr()
    assert cli.run(["day", "--home", str(root)]) == 0
    files = sorted(p.stem for p in events.glob("*.parquet"))
    assert (len(files), files[-1]) == (10, "2026-03-21")
    runs = read_runs(root / "runs.jsonl")
    steps = [s["name"] for s in runs[-1]["steps"]]  # type: ignore[attr-defined]
    assert steps == ["simulate", "ingest", "build", "let go", "verify"]
    settled = [
        [int(count) for count in re.findall(r"(\d+) (?:models|tests)", str(s["note"]))]
        for run in (runs[0], runs[-1])
        for s in run["steps"]  # type: ignore[attr-defined]
        if s["name"] == "build"
    ]
    (models, tests), (models_of_day, tests_of_day) = settled
    views = len(list((REPOSITORY / "warehouse" / "models" / "staging").rglob("stg_*.sql")))
    assert models - models_of_day == views > 50, "staging's views stand until the project changes"
    assert 0 < tests_of_day < tests, "so do the tests of them, of seeds, and unit tests"

    before = Versions(root / "warehouse").current()
    assert cli.run(["build", "--full-refresh", "--home", str(root)]) == 0
    anew = Versions(root / "warehouse").current()
    differing = {t for t in anew.tables if anew.tables[t].digest != before.tables[t].digest}
    assert differing == set(), "what is made of records that have gone stays as it is"
    assert cli.run(["verify", "--home", str(root)]) == 0
