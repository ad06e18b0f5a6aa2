"""The engine's own reading of the query that is about to run, judged once more.

Two parsers may read one text differently. What runs is written anew from the tree that was
judged; and here the engine's tree of exactly that text (`json_serialize_sql`) must name no table
and call no function beyond what was allowed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tapflow.access.guard.functions import ALLOWED, OPERATORS, TABLE_FUNCTIONS
from tapflow.core.errors import AskedWrongly

# Functions that the engine writes for masks, casts and syntax, beyond what may be asked for.
_SYNTAX = frozenset({"count_star", "list_value", "struct_pack", "row", "map", "trunc", "array_extract", "array_slice"})
_FROM = frozenset(
    {
        "BASE_TABLE",
        "SUBQUERY",
        "JOIN",
        "TABLE_FUNCTION",
        "EMPTY",
        "EXPRESSION_LIST",
        "PIVOT",
        "COLUMN_DATA",
        "EMPTY_FROM",
    }
)
_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})


def require_same(tree: Mapping[str, Any], tables: Collection[str]) -> None:
    """Raise AskedWrongly when the engine reads more in the query than `tables` and known functions.

    `tree` is the answer of `json_serialize_sql`.
    """
    if tree.get("error"):
        raise AskedWrongly("The query cannot be read by the engine.", "Write it more plainly.")
    statements = tree.get("statements", [])
    if len(statements) != 1:
        raise AskedWrongly("One statement at a time.", "Ask them one by one.")
    ctes = {str(name).lower() for name in _cte_names(statements[0])}
    for part in _parts(statements[0]):
        _judge(part, tables, ctes)


def _parts(value: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            yield found
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found


def _cte_names(value: Any) -> Iterator[str]:
    for part in _parts(value):
        if isinstance(part.get("cte_map"), Mapping):
            yield from (entry["key"] for entry in part["cte_map"].get("map", []))
        if part.get("type") in ("RECURSIVE_CTE_NODE", "CTE_NODE"):
            yield part.get("cte_name", "")


def _judge(part: Mapping[str, Any], tables: Collection[str], ctes: Collection[str]) -> None:
    if "table_name" in part and part.get("type") == "BASE_TABLE":
        _judge_table(part, tables, ctes)
    if part.get("type") == "TABLE_FUNCTION" and _name_of(part.get("function")) not in TABLE_FUNCTIONS:
        raise _unforeseen(f"table function {_name_of(part.get('function'))}")
    if part.get("type") == "SHOW_REF" or (str(part.get("type", "")).endswith("_NODE") and part["type"] not in _NODES):
        raise _unforeseen(str(part["type"]).lower())
    if "from_table" in part and part["from_table"] and part["from_table"].get("type") not in _FROM:
        raise _unforeseen(str(part["from_table"].get("type")).lower())
    if "function_name" in part:
        name = str(part["function_name"]).lower()
        if name not in ALLOWED | OPERATORS | _SYNTAX or part.get("schema") or part.get("catalog"):
            raise _unforeseen(f"function {name}")


def _judge_table(part: Mapping[str, Any], tables: Collection[str], ctes: Collection[str]) -> None:
    schema, name = str(part.get("schema_name", "")).lower(), str(part["table_name"]).lower()
    path = (part.get("qualified_name") or {}).get("path", [])
    if part.get("catalog_name") or part.get("at_clause") or len(path) > 2:
        raise _unforeseen(f"table {name}")
    if (f"{schema}.{name}" in tables) if schema else (name in ctes):
        return
    raise _unforeseen(f"table {schema}.{name}" if schema else f"table {name}")


def _name_of(function: Any) -> str:
    return str(function.get("function_name", "")).lower() if isinstance(function, Mapping) else ""


def _unforeseen(what: str) -> AskedWrongly:
    return AskedWrongly(f"The engine reads this query otherwise than it was judged ({what}).", "Write it more plainly.")
