"""Verification sees the faults that models may have: each, planted into published tables, is caught."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from tests.homes import LIMITS, BuiltHome, built_home
from tests.soundness.faults import FAULTS, Fault

from tapflow.quality.verification import verify_home
from tapflow.warehouse.engine import opened
from tapflow.warehouse.version import Versions

# More of what is rare, so that a small company has a case of everything that a fault may spoil.
PLENTY = {
    "billing": {"collection": {"first_failure": 0.03}, "terms": {"locations": 3}},
    "customers": {"mess": {"test_accounts": 0.05}},
}


@pytest.fixture(scope="module")
def wrong_home(tiny_home: BuiltHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home like the tiny one, whose published tables may be altered."""
    return altered(tiny_home, tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def wrong_long_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The same of a history in which every fault has something to spoil."""
    base = tmp_path_factory.getbasetemp()
    root = (base if worker_id == "master" else base.parent) / "long home"
    return altered(built_home(root, date(2026, 11, 20), 120, PLENTY), tmp_path_factory.mktemp("long faults"))


def altered(home: BuiltHome, root: Path) -> Path:
    """A home that shares all with another but its published tables."""
    for folder in ("sources", "truth", "lake", "cache"):
        (root / folder).symlink_to(home.root / folder)
    shutil.copytree(home.root / "warehouse" / "versions", root / "warehouse" / "versions")
    shutil.copy(home.root / "warehouse" / "current.json", root / "warehouse")
    return root


@contextmanager
def planted(home: Path, fault: Fault) -> Iterator[int]:
    """The home with a fault in its current version, and how many rows the fault changes; sound again at the end."""
    versions = Versions(home / "warehouse")
    views = versions.views(versions.current().id)
    schema, name = fault.table.split(".")
    wrong = fault.sql.replace("from sound", f"from {schema}.{name}_sound")
    with opened(views, LIMITS) as connection:
        found = connection.execute(
            f"select 1 from duckdb_views() where schema_name = '{schema}' and view_name = '{name}'"
        )
        kind = "view" if found.fetchone() else "table"
        connection.execute(f"alter {kind} {fault.table} rename to {name}_sound")
        connection.execute(f"create view {fault.table} as {wrong}")
        changed = connection.execute(
            f"select count(*) from ((select * from {fault.table} except all select * from {fault.table}_sound) "
            f"union all (select * from {fault.table}_sound except all select * from {fault.table}))"
        ).fetchone()
    try:
        yield changed[0] if changed else 0
    finally:
        with opened(views, LIMITS) as connection:
            connection.execute(f"drop view {fault.table}")
            connection.execute(f"alter {kind} {fault.table}_sound rename to {name}")


@pytest.mark.parametrize("fault", [pytest.param(f, id=f.name) for f in FAULTS if f.quick])
def test_a_planted_fault_is_caught(wrong_home: Path, fault: Fault) -> None:
    require_caught(wrong_home, fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [pytest.param(f, id=f.name) for f in FAULTS])
def test_any_planted_fault_is_caught(wrong_long_home: Path, fault: Fault) -> None:
    require_caught(wrong_long_home, fault)


def require_caught(home: Path, fault: Fault) -> None:
    with planted(home, fault) as changed:
        assert changed, "the fault changes nothing in this home: it proves nothing"
        result = verify_home(home, LIMITS)
    differing = {(o.figure.name, o.dimension) for o in result.outcomes if not o.passed}
    assert not any(o.error for o in result.outcomes), [o.error for o in result.outcomes if o.error]
    assert (fault.figure, fault.dimension) in differing


def test_the_home_without_faults_is_sound(wrong_home: Path) -> None:
    verify_home(wrong_home, LIMITS).require()


def test_the_faults_are_many_and_of_every_domain() -> None:
    assert len(FAULTS) >= 25
    assert len({f.name for f in FAULTS}) == len(FAULTS)
