"""Run records tell what happened, however a run ends."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from tapflow.core.errors import CheckFailed
from tapflow.pipeline.runs import read_runs, recorded


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(None, "good"), (CheckFailed("two differ"), "failed"), (KeyboardInterrupt(), "stopped"), (OSError("x"), "broken")],
)
def test_a_run_is_recorded_however_it_ends(tmp_path: Path, error: BaseException | None, outcome: str) -> None:
    runs = tmp_path / "deep" / "runs.jsonl"
    with pytest.raises(type(error)) if error else nullcontext():
        with recorded(runs, "up") as run, run.step("simulate") as step:
            step.rows = 7
            if error is not None:
                raise error
    (record,) = read_runs(runs)
    assert record["outcome"] == outcome
    assert record["steps"] == [{"name": "simulate", "seconds": record["steps"][0]["seconds"], "rows": 7, "note": ""}]


def test_a_step_taken_up_again_is_one_step(tmp_path: Path) -> None:
    with recorded(tmp_path / "runs.jsonl", "up") as run:
        for rows in (1, 2):
            with run.step("ingest") as step:
                step.rows += rows
    assert [(s.name, s.rows) for s in run.steps] == [("ingest", 3)]


def test_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    runs = tmp_path / "runs.jsonl"
    with recorded(runs, "up"):
        pass
    with runs.open("a") as file:
        file.write('{"command": "da')
    assert [r["command"] for r in read_runs(runs)] == ["up"]
