"""The guard of SQL: one SELECT over known tables, with row policies and masks put in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from tapflow.access.decision import Decision, TableRule
from tapflow.access.guard.parsing import DIALECT, one_select
from tapflow.access.guard.tables import put_in

__all__ = ["Guarded", "guarded", "narrowed"]


@dataclass(frozen=True)
class Guarded:
    """A query as it may run: its text, the rules of the tables that it names, and the tables that it then reads."""

    sql: str
    rules: tuple[TableRule, ...]
    reads: frozenset[str]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the asker named."""
        return tuple(rule.table for rule in self.rules)

    @property
    def is_restricted(self) -> bool:
        """Whether a row policy or a mask was put in."""
        return any(rule.is_restricted for rule in self.rules)

    @property
    def applied(self) -> tuple[str, ...]:
        """What was put in, in words."""
        return tuple(said for rule in self.rules for said in rule.applied)


def guarded(sql: str, decision: Decision) -> Guarded:
    """A person's query, judged and narrowed; at most one row beyond the limit comes out.

    Raises AskedWrongly (or UnknownName) for what no query may do, Forbidden for what this person may not.
    """
    narrow = narrowed(one_select(sql), decision)
    return Guarded(_text(_bounded(narrow[0], decision.limits.rows)), narrow[1], _reads(narrow[0]))


def narrowed(query: exp.Query, decision: Decision, masks: bool = True) -> tuple[exp.Query, tuple[TableRule, ...]]:
    """A query of the platform's own with row policies (and masks) put in."""
    tree, rules = put_in(query, decision, masks)
    return tree, tuple(rules[name] for name in sorted(rules))


def _bounded(query: exp.Query, rows: int) -> exp.Query:
    limit = query.args.get("limit")
    if isinstance(limit, exp.Limit) and isinstance(limit.expression, exp.Literal) and limit.expression.is_int:
        if int(limit.expression.name) <= rows:
            return query
    elif limit is None and isinstance(query, exp.Select | exp.SetOperation):
        return query.limit(rows + 1, copy=False)
    return exp.select("*").from_(query.subquery("answer")).limit(rows + 1)


def _text(query: exp.Query) -> str:
    # Every name in quotes: no word of the asker's can be read as anything but a name. No comment survives.
    return query.sql(DIALECT, identify=True, comments=False)


def _reads(query: exp.Query) -> frozenset[str]:
    named = (t for t in query.find_all(exp.Table) if t.args.get("db"))
    return frozenset(f"{t.text('db')}.{t.name}".lower() for t in named)
