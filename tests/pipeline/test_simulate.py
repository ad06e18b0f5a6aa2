"""The same company gives the same bytes, however its days are run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from tapflow.core.errors import DateOutOfRange, FileBroken
from tapflow.pipeline.home import Home, Pin
from tapflow.pipeline.simulate import digests, needless_states, redo, simulate

FIRST = date(2025, 6, 1)
LAST = FIRST + timedelta(days=11)  # long enough for a process to write
KILLED = (
    # A test run in the background hands down an interrupt that is ignored; a person's does not.
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "import sys; from datetime import date; from pathlib import Path\n"
    "from tapflow.pipeline.home import Home; from tapflow.pipeline.simulate import simulate\n"
    "simulate(Home(Path(sys.argv[1])), date.fromisoformat(sys.argv[2]))\n"
)


def begun(folder: Path, seed: int = 7) -> Home:
    home = Home(folder)
    home.settle(Pin("tiny", seed, "digest", FIRST.isoformat()))
    return home


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = begun(tmp_path_factory.mktemp("at once"))
    simulate(home, LAST, workers=2)
    return home


def test_a_home_holds_every_day_with_its_digests(at_once: Home) -> None:
    told = list(digests(at_once))
    assert {day for day, *_ in told} == {(FIRST + timedelta(days=k)).isoformat() for k in range(12)}
    assert any(name == "file:app/accounts" for _, name, *_ in told)
    assert any(name == "truth:mrr_movement" for _, name, *_ in told)


def test_day_by_day_with_one_worker_gives_the_same_bytes(at_once: Home, tmp_path: Path) -> None:
    home = begun(tmp_path / "day by day")
    for k in range(12):
        simulate(home, FIRST + timedelta(days=k), workers=1)
    assert list(digests(home)) == list(digests(at_once))


def test_another_seed_gives_another_company(at_once: Home, tmp_path: Path) -> None:
    home = begun(tmp_path, seed=8)
    simulate(home, FIRST)
    assert next(iter(digests(home))) != next(iter(digests(at_once)))


def test_a_redone_day_is_the_same_day(at_once: Home, tmp_path: Path) -> None:
    home = begun(tmp_path)
    simulate(home, LAST)
    before = list(digests(home))
    victim = home.sources / "app" / "accounts" / f"{FIRST + timedelta(days=5)}.parquet"
    whole = victim.read_bytes()
    victim.write_bytes(whole[: len(whole) // 2])
    redo(home, FIRST + timedelta(days=5))
    assert victim.read_bytes() == whole
    assert list(digests(home)) == before
    assert simulate(home, LAST).days == 0


def test_a_killed_run_goes_on_where_it_stopped(at_once: Home, tmp_path: Path) -> None:
    home = begun(tmp_path / "killed")
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(home.root), LAST.isoformat()])
    while not home.days() and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    simulate(home, LAST)
    assert list(digests(home)) == list(digests(at_once))


def run_until_a_day_is_there(home: Home) -> tuple[subprocess.Popen[str], int]:
    """A simulation in a process of its own, and the id of the process that writes for it."""
    until = (LAST + timedelta(days=60)).isoformat()
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(home.root), until], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not home.days() and process.poll() is None:
        time.sleep(0.005)
    told = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    (writer,) = [int(p) for p, parent in map(str.split, told.splitlines()) if int(parent) == process.pid]
    return process, writer


def is_gone(process: int) -> bool:
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout.strip()
    return not told or told.startswith("Z")


def test_the_process_that_writes_ends_with_a_killed_run(tmp_path: Path) -> None:
    process, writer = run_until_a_day_is_there(begun(tmp_path / "with a space"))
    process.kill()
    process.wait()  # and not for the end of what it says, which the other process would keep open
    deadline = time.monotonic() + 20
    while not is_gone(writer) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_gone(writer)
    assert not list(tmp_path.rglob("*/*/*/*.part"))


def test_a_run_whose_writing_process_dies_says_so(tmp_path: Path) -> None:
    home = begun(tmp_path)
    process, writer = run_until_a_day_is_there(home)
    os.kill(writer, signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0 and "The process that writes logs ended early (exit code -9)" in said
    simulate(home, LAST)
    assert len(home.days()) >= 12


def test_an_interrupted_run_ends_with_its_writing_process(tmp_path: Path) -> None:
    process, writer = run_until_a_day_is_there(begun(tmp_path))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in said and "BrokenPipe" not in said
    assert is_gone(writer)


def test_no_day_counts_after_one_that_failed(tmp_path: Path) -> None:
    home = begun(tmp_path)
    in_the_way = home.sources / "telemetry" / "events" / f"{FIRST + timedelta(days=2)}.parquet"
    in_the_way.mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        simulate(home, LAST)
    assert home.days() == [FIRST, FIRST + timedelta(days=1)]


def test_an_end_before_the_first_day_is_refused(tmp_path: Path) -> None:
    home = begun(tmp_path)
    with pytest.raises(DateOutOfRange, match="before the first simulated day"):
        simulate(home, FIRST - timedelta(days=1))


def test_a_broken_checkpoint_is_named(tmp_path: Path) -> None:
    home = begun(tmp_path)
    simulate(home, FIRST + timedelta(days=2))
    for path in home.state.glob("*.state"):
        path.write_bytes(b"not a checkpoint")
    with pytest.raises(FileBroken, match="not a readable checkpoint"):
        simulate(home, FIRST + timedelta(days=3))


def test_a_missing_day_of_a_source_is_held_and_comes_late(tmp_path: Path) -> None:
    incident = {"kind": "missing_day", "first_day": 2, "last_day": 2, "target": "app", "effect": 3}
    home = Home(tmp_path)
    home.settle(Pin("tiny", 7, "digest", FIRST.isoformat(), {"incidents": {"scheduled": [incident]}}))
    marker = home.day_markers / f"{FIRST + timedelta(days=2)}.json"
    simulate(home, FIRST + timedelta(days=4))
    held = {k for k, v in json.loads(marker.read_text())["files"].items() if v.get("held")}
    assert held and all(name.startswith("app/") for name in held)
    simulate(home, FIRST + timedelta(days=5))
    released = json.loads(marker.read_text())["files"]
    came = (FIRST + timedelta(days=6)).isoformat()
    assert all("held" not in released[name] and released[name]["loaded_at"].startswith(came) for name in held)


def test_old_checkpoints_thin_out() -> None:
    days: list[int] = []
    for today in range(30_000, 30_540):
        days.append(today)
        gone = needless_states(days)
        days = [d for d in days if d not in gone]
    assert days == [30_060, 30_240, 30_420, 30_450, 30_480, 30_510, 30_538, 30_539]
