"""A query sees the published tables and nothing else, and is told what it got wrong."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.homes import LIMITS, BuiltHome

from tapflow.core.errors import AskedWrongly, TapflowError, UnknownName
from tapflow.pipeline.cli import cli
from tapflow.pipeline.invocation import Invocation
from tapflow.quality.truth import truth_database
from tapflow.warehouse.reader import reading


def ask(home: BuiltHome, sql: str, truth: bool = False) -> list[tuple[object, ...]]:
    attached = {"truth": truth_database(home.root, LIMITS)} if truth else {}
    with reading(home.versions, LIMITS, attached=attached) as reader:
        return reader.query(sql).rows


def test_a_question_is_answered(tiny_home: BuiltHome) -> None:
    rows = ask(tiny_home, "select count(*) > 100 from entity.entity_customers")
    assert rows == [(True,)]


def test_the_ledger_is_there_only_when_asked_for(tiny_home: BuiltHome) -> None:
    sql = "select count(*) > 0 from truth.account"
    assert ask(tiny_home, sql, truth=True) == [(True,)]
    with pytest.raises(TapflowError, match="no table"):
        ask(tiny_home, sql)


def test_near_names_are_offered(tiny_home: BuiltHome) -> None:
    with pytest.raises(AskedWrongly, match=r"entity\.entity_customers"):
        ask(tiny_home, "select * from entity_customers")
    with pytest.raises(AskedWrongly, match=r"Did you mean .*entity\.entity_customers"):
        ask(tiny_home, "select * from entity.entity_custmers")
    with pytest.raises(UnknownName, match="account_status"):
        ask(tiny_home, "select acount_status from entity.entity_customers")


@pytest.mark.parametrize(
    "sql",
    [
        "create table x as select 1",
        "drop view entity.entity_customers",
        "select 1; select 2",
        "set memory_limit = '1GB'",
        "copy (select 1) to 'x.csv'",
        "attach 'x.duckdb'",
        "install httpfs",
        "call pragma_version()",
        "",
        "select",
    ],
)
def test_only_one_select_is_taken(tiny_home: BuiltHome, sql: str) -> None:
    with pytest.raises(AskedWrongly):
        ask(tiny_home, sql)


def test_other_files_are_out_of_reach(tiny_home: BuiltHome, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    ledger = next((tiny_home.root / "truth").rglob("*.parquet"))
    for table in (f"'{secret}'", f"read_csv('{secret}')", f"read_text('{secret}')", f"read_parquet('{ledger}')"):
        with pytest.raises(TapflowError):
            ask(tiny_home, f"select * from {table}")
    with pytest.raises(TapflowError):
        ask(tiny_home, f"select * from glob('{tmp_path}/*')")


def sql_command(home: BuiltHome, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["sql", "--home", str(home.root), *arguments], obj=Invocation())
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_answers_as_table_csv_and_json(tiny_home: BuiltHome) -> None:
    sql = "select 7 as number, 'a,b' as words, date '2026-03-01' as day, null as nothing"
    assert "number" in sql_command(tiny_home, sql)
    assert list(csv.reader(io.StringIO(sql_command(tiny_home, sql, "--format", "csv")))) == [
        ["number", "words", "day", "nothing"],
        ["7", "a,b", "2026-03-01", ""],
    ]
    assert json.loads(sql_command(tiny_home, sql, "--format", "json")) == [
        {"number": 7, "words": "a,b", "day": "2026-03-01", "nothing": None}
    ]
