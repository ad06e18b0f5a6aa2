"""What a policy says of tables and columns, held against those that there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tapflow.access.catalogue import Catalogue
from tapflow.access.deciding import decide
from tapflow.access.policy import OWNER, Policy
from tapflow.access.rows import matches
from tapflow.core.errors import TapflowError


@dataclass(frozen=True)
class Sight:
    """What a person sees: tables whole, narrowed and closed, columns by mask, what they may do."""

    person: str
    roles: tuple[str, ...]
    may: tuple[str, ...]
    open: tuple[str, ...]
    narrowed: tuple[str, ...]
    closed: tuple[str, ...]
    masked_columns: dict[str, int]


def problems(policy: Policy, catalogue: Catalogue) -> list[str]:
    """What the policy names that no table or column carries; and people for whom it cannot be worked out."""
    found: list[str] = []
    patterns = [(f"roles.{r}.{key}", p) for r, about in policy.roles.items() for key, p in _patterns(about)]
    patterns += [(f"row_policies.{n}.shared", p) for n, rows in policy.row_policies.items() for p in rows.shared]
    # Metrics' tables and the ledger's may not be there yet: their schemas are known all the same.
    found += [
        f"{where}: no table is like {pattern}"
        for where, pattern in patterns
        if not pattern.startswith(("metrics.", "truth.")) and not any(matches(t, [pattern]) for t in catalogue.tables)
    ]
    for column_path in policy.columns:
        table, column = column_path.rsplit(".", 1)
        found += _missing(f"columns.{column_path}", table, column, catalogue)
    for number, link in enumerate(policy.links):
        found += _missing(f"links.{number}", link.table, link.column, catalogue)
    for name, rows in policy.row_policies.items():
        for table, column in rows.also.items():
            found += _missing(f"row_policies.{name}.also", table, column, catalogue)
        if rows.column not in catalogue.columns() and not rows.also:
            found.append(f"row_policies.{name}.column: no table has a column {rows.column}")
    for person in policy.people:
        try:
            decide(policy, person, catalogue)
        except TapflowError as error:
            found.append(f"people.{person}: {error.message}")
    return found


def _patterns(about: object) -> Iterable[tuple[str, str]]:
    for key in ("tables", "without"):
        for pattern in getattr(about, key):
            yield key, pattern


def _missing(where: str, table: str, column: str, catalogue: Catalogue) -> list[str]:
    if table not in catalogue.tables:
        return [f"{where}: there is no table {table}"]
    if column not in catalogue.tables[table].columns:
        return [f"{where}: {table} has no column {column}"]
    return []


def sights(policy: Policy, catalogue: Catalogue, people: Iterable[str] | None = None) -> list[Sight]:
    """What people see, the owner and all of the policy's by default."""
    return [_sight(policy, person, catalogue) for person in (people or [OWNER, *policy.people])]


def _sight(policy: Policy, person: str, catalogue: Catalogue) -> Sight:
    decision = decide(policy, person, catalogue)
    rules = decision.tables
    masks = Counter(mask.value for rule in rules.values() if rule.allowed for mask in rule.masks.values())
    return Sight(
        person=person,
        roles=tuple(r.value for r in decision.roles),
        may=tuple(sorted(s.value for s in decision.scopes)),
        open=tuple(sorted(n for n, r in rules.items() if r.allowed and not r.row_filters)),
        narrowed=tuple(sorted(n for n, r in rules.items() if r.allowed and r.row_filters)),
        closed=tuple(sorted(n for n, r in rules.items() if not r.allowed)),
        masked_columns=dict(sorted(masks.items())),
    )
