"""Every table that a query names: resolved, judged, and replaced by what the person may see of it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

from sqlglot import exp

from tapflow.access.decision import Decision, TableRule
from tapflow.access.guard.functions import TABLE_FUNCTIONS
from tapflow.access.guard.parsing import names_of
from tapflow.access.masks import masked
from tapflow.access.roles import Mask
from tapflow.core.errors import AskedWrongly, TapflowError

# More rows than any table: the limit lets all through, but nothing of the query passes it downward. So no
# expression of the asker's is ever computed on a row that the row policy keeps, whatever the optimizer would
# like: an error, or the time it takes, would tell of such rows.
_BARRIER = 9_223_372_036_854_775_807

# What a table of a query may carry beside its name.
_TABLE_PARTS = {"this", "db", "alias", "sample", "joins", "pivots"}


def put_in(query: exp.Query, decision: Decision, masks: bool = True) -> tuple[exp.Query, dict[str, TableRule]]:
    """The query with every table replaced by what the decision leaves of it, and the rules of these tables.

    `masks=False` puts in row policies alone: for figures whose own policy has been asked already.
    Raises AskedWrongly for a table that is not there, Forbidden for one that may not be named.
    """
    tree = query.copy()
    found: list[exp.Table] = []
    _visit(tree, frozenset(), decision, found.append)
    rules = {_name(node): decision.table(_name(node)) for node in found}
    _shorten_columns(tree, {_lower(node.name) for node in found})
    for node in found:
        _replace(node, rules[_name(node)], decision.mask_key, masks)
    return tree, rules


def _visit(node: exp.Expr, known: frozenset[str], decision: Decision, meet: Callable[[exp.Table], None]) -> None:
    """Go through a query with the names that its WITH clauses give, as far as they reach."""
    ctes = node.args.get("with_")
    if isinstance(ctes, exp.With):
        for cte in ctes.expressions:
            own = _lower(cte.alias)
            inside = known | {own} if ctes.args.get("recursive") else known
            _visit(cte.this, inside, decision, meet)
            known = known | {own}
    if isinstance(node, exp.Table):
        _judge(node, known, decision, meet)
    for child in node.iter_expressions():
        if child is not ctes:
            _visit(child, known, decision, meet)


def _judge(node: exp.Table, known: frozenset[str], decision: Decision, meet: Callable[[exp.Table], None]) -> None:
    extra = {key for key, value in node.args.items() if value} - _TABLE_PARTS
    if extra:
        raise AskedWrongly(
            "A table is named as schema.table and nothing more.", f"Leave out: {', '.join(sorted(extra))}."
        )
    if isinstance(node.this, exp.Func):
        if not names_of(node.this) & TABLE_FUNCTIONS:
            raise AskedWrongly(
                f"{sorted(names_of(node.this))[0]} may not stand where a table stands.",
                "Ask the published tables, unnest, range or generate_series.",
            )
        return
    if not isinstance(node.this, exp.Identifier):
        raise AskedWrongly("A table is named as schema.table and nothing more.", "Name a published table.")
    if not node.args.get("db"):
        if _lower(node.name) not in known:
            raise _no_table(node.name, decision)
        return
    name = _name(node)
    if name not in decision.tables:
        raise _no_table(name, decision)
    meet(node)


def _no_table(asked: str, decision: Decision) -> TapflowError:
    """Of tables only those are offered that the person may name."""
    tables = decision.named()
    bare = _lower(asked).rsplit(".", 1)[-1]
    near = difflib.get_close_matches(bare, [t.split(".")[-1] for t in tables], n=3, cutoff=0.6)
    full = [t for t in tables if t.split(".")[-1] in near]
    step = f"Did you mean {' or '.join(full[:3])}?" if full else f"There are: {', '.join(tables[:12])}."
    return AskedWrongly(f"There is no table {asked}.", step)


def _lower(name: str) -> str:
    # As the engine compares names: letters of ASCII alone are the same in either case.
    return "".join(c.lower() if c.isascii() else c for c in name)


def _name(node: exp.Table) -> str:
    return f"{_lower(node.text('db'))}.{_lower(node.name)}"


def _shorten_columns(tree: exp.Expr, tables: Iterable[str]) -> None:
    """`schema.table.column` becomes `table.column`: in place of the table stands a subquery of that name."""
    shortened = set(tables)
    for column in tree.find_all(exp.Column):
        if column.args.get("catalog"):
            raise AskedWrongly("A column is named by its table at most.", "Write table.column.")
        if column.args.get("db") and _lower(column.table) in shortened:
            column.set("db", None)


def _replace(node: exp.Table, rule: TableRule, key: str, masks: bool) -> None:
    if not rule.row_filters and not (masks and rule.masks):
        return
    seen = exp.Subquery(this=_seen(node, rule, key, masks))
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name, quoted=True))
    if not alias.args.get("this"):
        alias.set("this", exp.to_identifier(node.name, quoted=True))
    seen.set("alias", alias)
    for part in ("sample", "joins", "pivots"):
        if node.args.get(part):
            seen.set(part, node.args[part])
    node.replace(seen)


def _seen(node: exp.Table, rule: TableRule, key: str, masks: bool) -> exp.Select:
    hidden = rule.masks if masks else {}
    columns = [exp.alias_(masked(c, hidden.get(c.name, Mask.CLEAR), key), c.name, quoted=True) for c in rule.columns]
    schema, name = rule.table.split(".", 1)
    chosen = exp.select(*columns).from_(exp.table_(name, db=schema, quoted=True))
    for row_filter in rule.row_filters:
        chosen = chosen.where(row_filter.condition.copy())
    return chosen.limit(_BARRIER) if rule.row_filters else chosen
