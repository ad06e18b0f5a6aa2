"""A file of which much is unused is written anew, whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.homes import LIMITS

from tapflow.warehouse import compaction
from tapflow.warehouse.compaction import give_back_room
from tapflow.warehouse.engine import opened

MANY = "create table fact.big as select range as n, hash(range) as h from range(900000)"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a file.duckdb"
    with opened(path, LIMITS) as connection:
        connection.execute(f"create schema fact; {MANY}")
        connection.execute("create table fact.small (n bigint not null); insert into fact.small values (1), (2)")
        connection.execute("create view fact.seen as select n from fact.small")
    return path


def test_what_is_unused_goes_and_all_else_stays(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "_LEAST_BYTES", 1_000_000)
    assert not give_back_room(database, LIMITS)
    with opened(database, LIMITS) as connection:
        connection.execute("delete from fact.big where n < 899990")
    before = database.stat().st_size
    database.with_name(f"{database.name}.new").write_bytes(b"what a killed one left")
    assert give_back_room(database, LIMITS)
    assert database.stat().st_size < before / 3
    assert [p.name for p in database.parent.iterdir()] == [database.name]
    with opened(database, LIMITS) as connection:
        assert connection.execute("select count(*) from fact.big").fetchone() == (10,)
        assert connection.execute("select sum(n) from fact.seen").fetchone() == (3,)
        kinds = connection.execute("select constraint_type from duckdb_constraints()").fetchall()
        assert kinds == [("NOT NULL",)]


def test_a_little_that_is_unused_stays(database: Path) -> None:
    with opened(database, LIMITS) as connection:
        connection.execute("delete from fact.big where n < 899990")
    before = database.stat().st_size
    assert not give_back_room(database, LIMITS)
    assert database.stat().st_size == before
