"""From a text to one SELECT made of nothing but known parts."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tapflow.access.guard.functions import ALLOWED, GREATEST_GROWTH, GROWING, GROWING_LISTS
from tapflow.core.errors import AskedWrongly, UnknownName

DIALECT = "duckdb"
LONGEST_TEXT = 50_000
MOST_PARTS = 20_000
DEEPEST = 150

# The parser tells on its log what it takes for a command of another kind; we refuse it instead.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

# The parts of a SELECT: every node of the tree must be one of these, or a function of ALLOWED.
_PARTS = frozenset(
    """
    Select From Join Where Group Having Order Ordered Limit Offset Fetch With CTE TableAlias Table Subquery Union Except
    Intersect Values Tuple Alias Aliases Column Identifier Star Literal Boolean Null Paren Distinct Qualify Window
    WindowSpec Filter WithinGroup IgnoreNulls RespectNulls Lateral Unnest TableSample Pivot PivotAlias Cube Rollup
    GroupingSets Lambda PropertyEQ Struct Array Bracket Slice Dot DataType DataTypeParam ColumnDef Interval
    IntervalSpan Var Case If Cast TryCast Between In Exists Not And Or Xor EQ NEQ NullSafeEQ NullSafeNEQ GT GTE LT LTE
    Is Like ILike NotLike NotILike Escape SimilarTo RegexpLike RegexpFullMatch RegexpILike Any All Columns Extract
    PositionalColumn ToMap Map AtTimeZone Collate DPipe Add Sub Mul Div IntDiv Mod Pow BitwiseAnd BitwiseOr BitwiseXor
    BitwiseNot BitwiseLeftShift BitwiseRightShift Neg Glob ArrayContainsAll ArrayContainedBy ArrayOverlaps
    JSONExtract JSONExtractScalar
    JSONPath JSONPathRoot JSONPathKey JSONPathSubscript JSONPathWildcard StartsWith HexString Explode
    """.split()
)

# Functions that the parser gives a name of its own, with the engine's.
_OTHER_NAMES = {
    "timetostr": "strftime",
    "strtotime": "strptime",
    "strtodate": "strptime",
    "timestamptrunc": "date_trunc",
    "datetrunc": "date_trunc",
    "datetimetrunc": "date_trunc",
    "groupconcat": "string_agg",
    "explode": "unnest",
    "posexplode": "unnest",
    "approxdistinct": "approx_count_distinct",
    "approxquantile": "approx_quantile",
    "unixtotime": "to_timestamp",
    "unixtotimestr": "to_timestamp",
    "timetounix": "epoch",
    "strposition": "strpos",
    "stddev": "stddev",
    "arrayfilter": "list_filter",
    "transform": "list_transform",
    "arraysize": "len",
    "arrayuniqueagg": "list",
    "generateseries": "generate_series",
    "jsonformat": "to_json",
    "dayofweekiso": "isodow",
    "logicaland": "bool_and",
    "logicalor": "bool_or",
    "tochar": "strftime",
    "tsordstodate": "date",
    "tsordstotimestamp": "timestamp",
    "pad": "rpad",
    "datebin": "time_bucket",
}

_NEVER_CHANGED = "The published tables are never changed here."
_INSTEAD = {
    "describe": "To see a table's columns: SELECT * FROM entity.entity_customers LIMIT 1, with the table's own name.",
    "explain": "Ask the SELECT itself; how the engine would run it is not told, as a plan tells of values.",
}


def one_select(sql: str) -> exp.Query:
    """The one SELECT of a text. Raises AskedWrongly for anything else, naming what is in the way."""
    if len(sql) > LONGEST_TEXT:
        raise AskedWrongly(f"The query has {len(sql):,} characters; {LONGEST_TEXT:,} are the most.", "Split it.")
    if "\0" in sql:
        raise AskedWrongly("The query holds a character that no query needs (NUL).", "Take it out.")
    statements = _parsed(sql)
    if not statements:
        raise AskedWrongly("There is no query.", "Give one SELECT.")
    if len(statements) > 1:
        raise AskedWrongly(f"One statement at a time: there are {len(statements)}.", "Ask them one by one.")
    statement = statements[0]
    if not isinstance(statement, exp.Select | exp.SetOperation | exp.Subquery | exp.Values):
        kind = statement.key if not isinstance(statement, exp.Command) else str(statement.this).lower()
        raise AskedWrongly(f"Only a SELECT may be asked, not {kind}.", _INSTEAD.get(kind, _NEVER_CHANGED))
    _require_known_parts(statement)
    # A bare VALUES list is a query too, but has no place for what else a query has.
    return exp.select("*").from_(statement) if isinstance(statement, exp.Values) else statement


def _parsed(sql: str) -> list[exp.Expr]:
    try:
        return [s for s in sqlglot.parse(sql, read=DIALECT) if s is not None]
    except SqlglotError as error:
        raise AskedWrongly(f"The query cannot be read: {_plain(str(error))}.", "Correct it there.") from error
    except RecursionError as error:
        raise AskedWrongly("The query is nested too deeply.", "Take it apart with WITH.") from error


def _plain(said: str) -> str:
    first = re.sub(r"\x1b\[[0-9;]*m", "", said).strip().splitlines()[0]
    return first.rstrip(" .")


def _walk(node: exp.Expr) -> Iterator[tuple[exp.Expr, int]]:
    """Every node with its depth; no recursion of our own, however deep the tree."""
    waiting = [(node, 0)]
    while waiting:
        found, depth = waiting.pop()
        yield found, depth
        waiting += [(child, depth + 1) for child in found.iter_expressions()]


def _require_known_parts(tree: exp.Expr) -> None:
    for count, (node, depth) in enumerate(_walk(tree)):
        if count > MOST_PARTS or depth > DEEPEST:
            raise AskedWrongly("The query is too large or nested too deeply.", "Take it apart into several.")
        _require_known(node)


def _require_known(node: exp.Expr) -> None:
    part = type(node).__name__
    if part in _PARTS:
        _require_plain(node)
    elif isinstance(node, exp.Func):
        _require_function(node)
    else:
        raise AskedWrongly(
            f"A query may not use {_words(part)} here.", "Ask with SELECT, joins, WITH, UNION and functions."
        )


def _require_plain(node: exp.Expr) -> None:
    """What a known part may still not hide."""
    if isinstance(node, exp.Dot) and not isinstance(node.expression, exp.Identifier | exp.Star):
        raise AskedWrongly("A function may not be called with a point before it.", "Write f(x) in place of x.f().")
    if isinstance(node, exp.DataType) and node.this in (exp.DType.USERDEFINED, exp.DType.UNKNOWN):
        raise UnknownName(
            "type",
            node.sql(DIALECT),
            ("bigint", "boolean", "date", "decimal", "double", "integer", "timestamp", "varchar"),
        )
    if isinstance(node, exp.Select) and (node.args.get("into") or node.args.get("locks") or node.args.get("hint")):
        raise AskedWrongly("A query only reads: no INTO, no FOR UPDATE.", "Leave it out.")
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Func):
        return
    if isinstance(node, exp.Pivot) and (not node.args.get("fields") or node.args.get("into") or node.args.get("using")):
        raise AskedWrongly(
            "PIVOT must name the values that become columns.", "Write FROM t PIVOT (sum(x) FOR c IN ('a', 'b'))."
        )


def _require_function(node: exp.Func) -> None:
    names = names_of(node)
    if not names & ALLOWED:
        raise UnknownName("function that a query may call", sorted(names)[0] if names else node.key, ALLOWED)
    if (
        isinstance(node, exp.Anonymous)
        and isinstance(node.this, exp.Expr)
        and not isinstance(node.this, exp.Identifier)
    ):
        raise AskedWrongly("A function is called by its name alone.", "Write f(x).")
    _require_bounded(node, names)


def names_of(node: exp.Func) -> set[str]:
    """The names under which the engine may know a function of the tree."""
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        return {node.name.lower()}
    own = {name.lower() for name in type(node).sql_names()}
    return own | {_OTHER_NAMES.get(type(node).__name__.lower(), "")} - {""}


def _require_bounded(node: exp.Func, names: set[str]) -> None:
    """No function may make much out of nothing: what it makes is not counted against the engine's memory."""
    arguments = (
        node.expressions if isinstance(node, exp.Anonymous) else [a for a in node.args.values() if a is not None]
    )
    for name in names & GROWING.keys():
        place = GROWING[name]
        if len(arguments) > place and not _is_small(arguments[place]):
            raise AskedWrongly(
                f"{name} may be asked for {GREATEST_GROWTH:,} at most, given as a number.", "Give a smaller number."
            )
    is_list = names & GROWING_LISTS and not isinstance(node.parent, exp.Table | exp.Lateral | exp.Unnest | exp.Explode)
    if is_list and (
        node.find_ancestor(exp.Lambda) or not all(_is_small(a) for a in arguments if isinstance(a, exp.Expr))
    ):
        raise AskedWrongly(
            f"A list by range may have {GREATEST_GROWTH:,} members at most, given as numbers.",
            "Put it behind FROM instead: FROM range(…).",
        )
    if "format" in names:
        _require_plain_template(arguments)


def _is_small(node: object) -> bool:
    if isinstance(node, exp.Neg):
        node = node.this
    return isinstance(node, exp.Literal) and not node.is_string and node.is_int and int(node.name) <= GREATEST_GROWTH


def _require_plain_template(arguments: list[object]) -> None:
    template = arguments[0] if arguments else None
    if isinstance(template, list):
        template = template[0] if template else None
    if not (isinstance(template, exp.Literal) and template.is_string):
        raise AskedWrongly("format needs its template as a text.", "Write format('{:,}', x).")
    if re.search(r"\{[^}]*\{|\d{4,}", template.name):
        raise AskedWrongly("format's template asks for too much room.", "Give a width of three digits at most.")


def _words(part: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", part).upper()
