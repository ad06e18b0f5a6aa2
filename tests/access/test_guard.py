# ruff: noqa: PT017 (an attempt may be refused or answered; both are judged)
"""Nothing of what a policy keeps comes through the guard, and honest questions do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.access import castle
from tests.access.attempts import MAY_BE_ANSWERED, MUST_BE_REFUSED
from tests.access.honest import QUERIES

from tapflow.core.errors import AskedWrongly
from tapflow.warehouse.reader import Reader

SECRET_FILE = "a_secret_file.csv"
SIGNS = (
    "secret",
    "terces",
    "leak",
    "987654321",
    "1987-06",
    "1987, 6",
    "534543",
    "U0VDUkVU",
)  # also reversed, hex, base64


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path = tmp_path_factory.mktemp("castle") / "castle.duckdb"
    castle.build(path)
    (path.parent / SECRET_FILE).write_text("word\nSECRET\n")
    with castle.reader(path) as reader:
        yield reader


def tells(text: str) -> list[str]:
    return [sign for sign in SIGNS if sign.lower() in text.lower()]


def test_there_are_enough_of_both() -> None:
    attempts = [sql for _, sql, _ in [*MUST_BE_REFUSED, *MAY_BE_ANSWERED]]
    assert len(set(attempts)) >= 300
    assert len(set(QUERIES)) >= 60


@pytest.mark.parametrize(("name", "sql", "why"), MUST_BE_REFUSED, ids=lambda v: v[:40] if isinstance(v, str) else v)
def test_it_is_refused(
    found: Reader,
    name: str,
    sql: str,
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    monkeypatch.setenv("SECRET_OF_CASTLE", "SECRET")
    with pytest.raises(AskedWrongly) as refused:
        castle.ask(found, sql.replace("SECRETFILE", SECRET_FILE))
    assert "SECRET memo" not in str(refused.value), why


@pytest.mark.parametrize(("name", "sql", "why"), MAY_BE_ANSWERED, ids=lambda v: v[:40] if isinstance(v, str) else v)
def test_it_tells_nothing(found: Reader, name: str, sql: str, why: str) -> None:
    try:
        answer = castle.ask(found, sql)
    except AskedWrongly as refused:
        # The asker's own words may come back, no value of the tables may.
        assert [s for s in tells(str(refused)) if s not in sql.lower()] == [], why
        assert "the castle's key" not in str(refused)
        assert refused.__cause__ is None or not tells(str(refused.__cause__))
    else:
        assert tells(repr(answer.rows)) == [], why


@pytest.mark.parametrize(
    "condition",
    [
        "cast(case when c.account_name like 'SECRET%' then c.account_name else '1' end as integer) = 1",
        "cast(case when c.account_id > 2 then 'x' else '1' end as integer) = 1",
        "c.account_id * case when c.account_id > 2 then 9223372036854775807 else 1 end > 0",
    ],
)
@pytest.mark.parametrize(
    "source",
    [
        "entity.entity_customers c",
        "entity.entity_customers c join fact.fact_payments p on p.account_id = c.account_id",
        "range(10) r(i), lateral (select * from entity.entity_customers x where x.account_id = r.i) c",
        "(select account_id, payment_method as account_name from fact.fact_payments) c",
        "fact.fact_payments p, lateral (select * from entity.entity_customers x where x.account_id = p.account_id) c",
    ],
)
def test_no_error_comes_of_a_row_that_is_kept(found: Reader, source: str, condition: str) -> None:
    """Whether it fails would itself tell of the rows that the policy keeps."""
    castle.ask(found, f"select count(*) from {source} where {condition}")


@pytest.mark.parametrize("person", ["mallory", "alice", "owner"])
@pytest.mark.parametrize("sql", QUERIES)
def test_an_honest_question_is_answered(found: Reader, sql: str, person: str) -> None:
    castle.ask(found, sql, person)


def test_whom_nothing_binds_sees_everything(found: Reader) -> None:
    rows = castle.ask(found, "select email from entity.entity_users where user_id = 12", "alice").rows
    assert rows == [("secret.cyn@secret.example",)]
    assert castle.ask(found, "select count(*) from entity.entity_customers", "owner").rows == [(5,)]
    assert castle.ask(found, "select count(*) from entity.entity_customers").rows == [(2,)]


def test_a_table_that_is_not_there_is_answered_with_near_ones_of_the_asker_alone(found: Reader) -> None:
    with pytest.raises(AskedWrongly, match=r"Did you mean entity\.entity_customers or entity\.entity_users\?"):
        castle.ask(found, "select * from entity.entity_custmers")
    with pytest.raises(AskedWrongly) as refused:
        castle.ask(found, "select * from fact.fact_glx")
    assert "fact_gl?" not in str(refused.value)
