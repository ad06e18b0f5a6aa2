"""The house's habits that a test can hold."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 400  # lines of a module; 300 is the rule of thumb


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("git does not list this folder: clone the repository, and install git, to check its files")
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file() and not (ROOT / name).is_symlink()]


def test_no_module_grows_without_end() -> None:
    long = {p.name: n for p in tracked() if p.suffix == ".py" and (n := len(p.read_text().splitlines())) > LIMIT}
    assert long == {}


def test_no_room_takes_in_everything() -> None:
    assert [p for p in tracked() if p.stem in {"utils", "util", "helpers", "misc", "common"}] == []


def test_no_machine_and_no_registry_is_named() -> None:
    # Spelled in parts, so that this file does not find itself.
    forbidden = re.compile(
        "|".join(["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]", "pypi" + r"\.org", "python" + "hosted"])
    )
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {m.group()}" for m in forbidden.finditer(text)]
    assert found == []


def test_nothing_is_left_to_do_in_comments() -> None:
    mark = re.compile(r"\b(TO" + "DO|FIX" + "ME|X" + r"XX)\b")
    found = [
        str(p.relative_to(ROOT))
        for p in tracked()
        if p.suffix in {".py", ".sql", ".yml", ".md"} and mark.search(p.read_text())
    ]
    assert found == []
