"""A home: pinned once, held by one, never half written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tapflow.core.errors import AskedWrongly, DiskFull, FileBroken, HomeLocked
from tapflow.pipeline.home import Home, Pin

PIN = Pin("tiny", 1, "abc", "2026-01-01", {"size": {"days": 3}})


def test_the_first_run_pins_and_a_like_one_agrees(tmp_path: Path) -> None:
    home = Home(tmp_path / "with space" / "h")
    assert home.settle(PIN) == PIN
    assert home.settle(replace(PIN, first_day="2027-01-01")) == PIN


@pytest.mark.parametrize("other", [{"profile": "demo"}, {"seed": 2}, {"scenario_digest": "x"}])
def test_a_run_for_another_company_is_refused(tmp_path: Path, other: dict[str, object]) -> None:
    home = Home(tmp_path)
    home.settle(PIN)
    with pytest.raises(AskedWrongly, match="another"):
        home.settle(replace(PIN, **other))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"form": 1}'])
def test_a_broken_record_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "home.json").write_text(text)
    with pytest.raises(FileBroken):
        Home(tmp_path).pin()


def test_a_home_with_a_lake_stays_where_it_was_made(tmp_path: Path) -> None:
    home = Home(tmp_path / "here")
    home.settle(PIN)
    home.lake.mkdir()
    assert home.pin() == PIN
    (tmp_path / "link").symlink_to(home.root)
    assert Home(tmp_path / "link").pin() == PIN
    shutil.copytree(home.root, tmp_path / "there")
    with pytest.raises(AskedWrongly, match="cannot be moved or copied"):
        Home(tmp_path / "there").pin()


def test_a_day_counts_with_its_marker(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.day_markers.mkdir(parents=True)
    (home.day_markers / "2026-01-02.json").write_text("{}")
    (home.day_markers / "2026-01-01.json").write_text("{}")
    (home.day_markers / "2026-01-03.json.part").write_text("{}")
    assert [d.isoformat() for d in home.days()] == ["2026-01-01", "2026-01-02"]


def test_a_held_home_names_its_holder_and_is_free_after_a_kill(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv=['tapflow','up','--seed','7']\n"
        "from pathlib import Path; from tapflow.pipeline.home import Home\n"
        f"import time\nwith Home(Path({str(tmp_path)!r})).locked(): print('held', flush=True); time.sleep(60)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=dict(os.environ))
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    home = Home(tmp_path)
    with pytest.raises(HomeLocked, match=rf"process {other.pid} \(tapflow up --seed 7\)"), home.locked():
        pass
    assert str(other.pid) in (home.lock_holder() or "")
    other.kill()
    other.wait()
    with home.locked():
        pass
    assert home.lock_holder() is None


def test_too_little_room_is_told_before_it_is_used(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="needs about"):
        Home(tmp_path / "a" / "b").require_room(10**18)
