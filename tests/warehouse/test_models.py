"""What every model of the project must be: described, its key tested, in the SQL that DuckDB and Trino share."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.tokens import TokenType
from tests.homes import BuiltHome
from tests.warehouse.trino import FUNCTIONS

from tapflow.warehouse.models import growing_models, published_models

PROJECT = Path(__file__).resolve().parents[2] / "warehouse"
KEY_TESTS = {"key", "unique_combination", "counted_once"}

# Macros named get_ are dbt's own, by which it writes to tables: no model calls them.
_MACRO = re.compile(r"macro duckdb__(?!get_)\w+\(.*?%\}(.*?)\{%-? *endmacro", re.DOTALL)


def functions_in(sql: str) -> set[str]:
    return {f.lower() for f in re.findall(r"\b(\w+)\s*\(", sql)}


@cache
def of_macros() -> set[str]:
    """What only macros may call: what stands in the DuckDB form of a macro that has another form for Trino."""
    bodies = [body for path in sorted((PROJECT / "macros").glob("*.sql")) for body in _MACRO.findall(path.read_text())]
    return set().union(*map(functions_in, bodies)) - FUNCTIONS


@cache
def manifest(root: Path) -> dict[str, Any]:
    from tapflow.warehouse.builder import Warehouse

    found: dict[str, Any] = Warehouse(root).dbt.manifest().writable_manifest().to_dict(omit_none=False)
    return found


@pytest.fixture(scope="module")
def nodes(tiny_home: BuiltHome) -> dict[str, Any]:
    found: dict[str, Any] = manifest(tiny_home.root)["nodes"]
    return found


@pytest.fixture(scope="module")
def models(nodes: dict[str, Any]) -> list[dict[str, Any]]:
    return [n for n in nodes.values() if n["resource_type"] == "model"]


def test_every_model_and_column_is_described(models: list[dict[str, Any]]) -> None:
    missing = [m["name"] for m in models if not m["description"]]
    missing += [f"{m['name']}.{c}" for m in models for c, v in m["columns"].items() if not v["description"]]
    assert missing == []


def test_every_column_of_a_built_model_is_declared(models: list[dict[str, Any]], tiny_home: BuiltHome) -> None:
    from tapflow.warehouse.engine import Limits, opened

    with opened(tiny_home.root / "warehouse" / "work.duckdb", Limits(), read_only=True) as connection:
        rows = connection.execute("select schema_name, table_name, column_name from duckdb_columns()").fetchall()
    built: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in rows:
        built.setdefault((schema, table), set()).add(column)
    wrong = {
        m["name"]: built.get((m["schema"], m["name"]), set()) ^ set(m["columns"])
        for m in models
        if m["config"]["materialized"] != "ephemeral"
    }
    assert {name: columns for name, columns in wrong.items() if columns} == {}


def test_every_key_is_tested(nodes: dict[str, Any], models: list[dict[str, Any]]) -> None:
    tested = {
        node["attached_node"]
        for node in nodes.values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") in KEY_TESTS
    }
    streams = {m["unique_id"] for m in models if m["unique_id"] not in tested and _shows_a_stream(m)}
    assert [m["name"] for m in models if m["unique_id"] not in tested | streams] == []


def test_a_table_that_grows_carries_no_constraint_that_an_older_one_would_lack(models: list[dict[str, Any]]) -> None:
    growing = [m for m in models if m["config"]["materialized"] in ("incremental", "stream")]
    assert len(growing) > 10
    assert [m["name"] for m in growing for c in m["columns"].values() if c.get("constraints")] == []


def test_what_grows_is_told_by_one_column(nodes: dict[str, Any], models: list[dict[str, Any]]) -> None:
    column = {m["unique_id"]: m["config"]["meta"].get("grows_by") for m in models}
    published = {m["name"]: m for m in models if m["config"]["meta"].get("published")}
    growing = [m for m in published.values() if m["config"]["materialized"] in ("incremental", "stream")]
    assert [m["name"] for m in growing if m["config"]["meta"]["published"]["partition"] != column[m["unique_id"]]] == []
    told = {
        (node["attached_node"], arguments["grows_by"])
        for node in nodes.values()
        if node["resource_type"] == "test"
        and (arguments := (node.get("test_metadata") or {}).get("kwargs") or {}).get("grows_by")
    }
    assert len(told) > 5
    assert {(model, by) for model, by in told if column[model] != by} == set()


def _shows_a_stream(model: dict[str, Any]) -> bool:
    # A stream's staging model drops no copies: the incremental model above it does, and is tested.
    return model["schema"] == "staging" and "row_number()" not in model["raw_code"]


def test_every_model_tells_its_grain_first(models: list[dict[str, Any]]) -> None:
    assert [m["name"] for m in models if not m["raw_code"].startswith("-- Grain: ")] == []


def test_entity_and_fact_models_have_contracts(models: list[dict[str, Any]]) -> None:
    published = [m for m in models if m["schema"] in ("entity", "fact")]
    assert published
    assert [m["name"] for m in published if not m["config"]["contract"]["enforced"]] == []


def test_every_source_is_described_and_has_freshness(tiny_home: BuiltHome) -> None:
    sources = manifest(tiny_home.root)["sources"].values()
    assert [s["name"] for s in sources if not s["description"]] == []
    assert [s["name"] for s in sources if not (s["freshness"] or {}).get("warn_after")] == []


def test_no_model_reads_the_ledger(models: list[dict[str, Any]]) -> None:
    assert [m["name"] for m in models if re.search(r"\btruth\s*\.", m["raw_code"])] == []


def test_models_are_written_for_trino_too(models: list[dict[str, Any]], tiny_home: BuiltHome) -> None:
    compiled = tiny_home.root / "warehouse" / "dbt" / "target" / "compiled" / "tapflow"
    wrong = {m["name"]: said for m in models if (said := lacking(compiled / m["original_file_path"], m["raw_code"]))}
    assert wrong == {}


def lacking(path: Path, written: str) -> list[str]:
    """What a model uses that Trino has not."""
    sql = path.read_text()
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|--[^\n]*", " ", written, flags=re.DOTALL)
    said = [f"{f}(" for f in sorted(of_macros() & functions_in(plain))]
    said += [mark for mark in ("::", "//") if mark in re.sub(r"'[^']*'", "", plain)]
    tokens = sqlglot.tokenize(sql, read="trino")
    for before, (token, following) in zip([None, *tokens], pairwise(tokens), strict=False):
        alias = before is not None and before.token_type == TokenType.ALIAS
        named = token.token_type in (TokenType.VAR, TokenType.LIST, TokenType.MAP, TokenType.STRUCT) and not alias
        if named and following.token_type == TokenType.L_PAREN and token.text.lower() not in FUNCTIONS | of_macros():
            said.append(f"{token.text.lower()}(")
    try:
        tree = sqlglot.parse_one(sql, read="trino")
    except sqlglot.errors.ParseError as error:
        return [*said, f"not Trino's grammar: {str(error).splitlines()[0]}"]
    return sorted({*said, *_refused(tree)})


def _refused(tree: exp.Expression) -> list[str]:
    said = []
    for node in tree.walk():
        if isinstance(node, exp.Qualify):
            said.append("qualify")
        elif isinstance(node, exp.ILike):
            said.append("ilike")
        elif isinstance(node, exp.Struct):
            said.append("a struct literal")
        elif isinstance(node, exp.Array) and "ARRAY" not in node.sql("trino"):
            said.append("a list literal")
        elif isinstance(node, exp.Star) and (node.args.get("except_") or node.args.get("replace")):
            said.append("* exclude or replace")
        elif isinstance(node, exp.Distinct) and node.args.get("on"):
            said.append("distinct on")
        elif isinstance(node, exp.Group) and node.args.get("all"):
            said.append("group by all")
        elif isinstance(node, exp.Interval) and not isinstance(node.this, exp.Literal):
            said.append("an interval that is no literal")
        elif isinstance(node, exp.Join) and (node.args.get("method") or node.kind in ("SEMI", "ANTI", "ASOF")):
            said.append(f"{node.kind or node.args.get('method')} join")
    return said


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select arg_max(a, b) from t", "arg_max("),
        ("select a from t qualify row_number() over (order by a) = 1", "qualify"),
        ("select * exclude (a) from t", "* exclude or replace"),
        ("select a::int from t", "::"),
        ("select list(a) from t", "list("),
        ("select a ilike 'b' from t", "ilike"),
        ("select epoch_us(a) from t", "epoch_us("),
        ("select strftime(a, '%Y') from t", "strftime("),
        ("select distinct on (a) b from t", "distinct on"),
    ],
)
def test_what_trino_lacks_is_noticed(sql: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "m.sql"
    path.write_text(sql)
    assert any(said in each or "grammar" in each for each in lacking(path, sql)), lacking(path, sql)


def test_shared_sql_passes(tmp_path: Path) -> None:
    path = tmp_path / "m.sql"
    path.write_text(
        "with a as (select max_by(x, y) as x, date_trunc('month', d) as m, count(*) filter (where z > 0) as n from t "
        "group by 2) select x, row_number() over (partition by m order by n desc) as r, "
        "cast(m as date) + interval '1' day as d, coalesce(x, 0) as c from a where x in (1, 2)"
    )
    assert lacking(path, path.read_text()) == []


def test_what_reads_a_table_whose_old_days_the_lake_alone_holds_reads_the_whole(
    tiny_home: BuiltHome, nodes: dict[str, Any]
) -> None:
    published = {m.table for m in published_models(tiny_home.warehouse().dbt.manifest()) if m.partition}
    growing = [t.split(".")[1] for t in growing_models(tiny_home.warehouse().dbt.manifest()) if t in published]
    assert len(growing) > 8
    bare = re.compile(rf"\b(?:from|join)\s+\{{\{{\s*ref\(\"({'|'.join(growing)})\"\)", re.IGNORECASE)
    found = {n["name"]: bare.findall(n["raw_code"]) for n in nodes.values() if bare.search(n.get("raw_code") or "")}
    assert found == {}
