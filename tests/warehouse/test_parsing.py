"""What dbt parsed is kept beside the project, for every home that uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.warehouse.shop import shop_project

from tapflow.warehouse.engine import Limits
from tapflow.warehouse.runner import Dbt


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return shop_project(tmp_path / "project")


def parsed(project: Path, home: Path, memory_mb: int = 1000) -> tuple[set[str], bool]:
    """The names of what the project holds, and whether all of it was parsed for that."""
    dbt = Dbt(project, home, home / "work.duckdb", Limits(memory_mb))
    names = {node.name for node in dbt.manifest().nodes.values()}
    return names, "full parse" in dbt.log.read_text()


def shared(project: Path) -> Path:
    return project / "target" / "partial_parse.msgpack"


def test_another_home_with_other_limits_takes_over_what_was_parsed(project: Path, tmp_path: Path) -> None:
    names, anew = parsed(project, tmp_path / "one")
    assert anew
    assert parsed(project, tmp_path / "two", memory_mb=500) == (names, False)


def test_a_changed_project_is_never_taken_for_the_old_one(project: Path, tmp_path: Path) -> None:
    names, _ = parsed(project, tmp_path / "one")
    (project / "models" / "fact" / "fact_late.sql").write_text("select 1 as one")
    assert parsed(project, tmp_path / "two")[0] == {*names, "fact_late"}
    assert parsed(project, tmp_path / "three") == ({*names, "fact_late"}, False)


def test_a_file_that_is_broken_is_made_anew(project: Path, tmp_path: Path) -> None:
    names, _ = parsed(project, tmp_path / "one")
    shared(project).write_bytes(b"half a fi")
    assert parsed(project, tmp_path / "two")[0] == names
    assert shared(project).stat().st_size > 1000


def test_a_project_that_cannot_be_written_is_parsed_each_time(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "target").write_text("a file where the folder would be")
    names, _ = parsed(project, tmp_path / "one")
    assert "fact_orders" in names
    assert not list(project.glob("*.part"))
