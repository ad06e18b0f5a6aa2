"""From the policy, a person and the tables that there are, to what the person may do. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tapflow.access.catalogue import Catalogue, Column, Table
from tapflow.access.decision import Decision, TableRule
from tapflow.access.masks import fits
from tapflow.access.policy import OWNER, Person, Policy, Scope, binds
from tapflow.access.roles import Mask, Role, weakest
from tapflow.access.rows import RowFilter, attribute_values, matches, row_filter
from tapflow.core.errors import UnknownName


def decide(
    policy: Policy, person: str, catalogue: Catalogue, mask_key: str = "", scopes: Collection[Scope] | None = None
) -> Decision:
    """What a person may do; `scopes` narrows it to what a token allows.

    Raises UnknownName for somebody whom the policy does not know.
    """
    about = None if person == OWNER else _known(policy, person)
    granted = set(Scope) if about is None else {s for role in about.roles for s in policy.roles[role].may}
    return Decision(
        person=person,
        about=about,
        tables={name: _rule(policy, person, about, table, catalogue) for name, table in catalogue.tables.items()},
        scopes=frozenset(granted if scopes is None else granted & set(scopes)),
        limits=policy.limits,
        minimum_group_size=policy.benchmarks.minimum_group_size,
        policy=policy.digest,
        version=catalogue.version,
        mask_key=mask_key,
        metric_rules=policy.metrics,
        tiers=policy.dashboards,
    )


def _known(policy: Policy, person: str) -> Person:
    found = policy.people.get(person)
    if found is None:
        raise UnknownName("person", person, [*policy.people, OWNER])
    return found


def _rule(policy: Policy, person: str, about: Person | None, table: Table, catalogue: Catalogue) -> TableRule:
    columns = tuple(table.columns.values())
    if about is None:
        return TableRule(table.name, True, "The home's owner sees everything.", columns)
    opening = [r for r in about.roles if _opens(policy, r, table.name)]
    if not opening:
        roles = ", ".join(about.roles)
        return TableRule(table.name, False, f"The table {table.name} is not open to {person} ({roles}).")
    filters: list[RowFilter] = []
    for name, rows in policy.row_policies.items():
        if not binds(rows, about) or matches(table.name, rows.shared):
            continue
        values = attribute_values(about.attributes, rows)
        found = row_filter(name, rows, table, values, policy.links, catalogue)
        if found is None:
            why = f"The table {table.name} has nothing by which row policy {name} could narrow it for {person}."
            return TableRule(table.name, False, why)
        filters.append(found)
    # Only roles that open the table count: one that may not name it lifts no mask in it.
    masks = _masks(policy, opening, table)
    return TableRule(table.name, True, _why(person, opening, filters, masks), columns, tuple(filters), masks)


def _opens(policy: Policy, role: Role, table: str) -> bool:
    about = policy.roles[role]
    return matches(table, about.tables) and not matches(table, about.without)


def _masks(policy: Policy, roles: Collection[Role], table: Table) -> dict[str, Mask]:
    found = {c.name: weakest([_mask(policy, role, table, c) for role in roles]) for c in table.columns.values()}
    return {name: mask for name, mask in found.items() if mask is not Mask.CLEAR}


def _mask(policy: Policy, role: Role, table: Table, column: Column) -> Mask:
    own: Mapping[Role, Mask] = policy.columns.get(f"{table.name}.{column.name}", {})
    mask = own.get(role, policy.roles[role].mask(column.classification))
    return mask if fits(mask, column) else Mask.NULL


def _why(person: str, roles: Collection[Role], filters: list[RowFilter], masks: Mapping[str, Mask]) -> str:
    said = [f"{person} may ask it as {', '.join(roles)}"]
    said += [f.why for f in filters]
    if masks:
        said.append(f"{len(masks)} column{'s are' if len(masks) > 1 else ' is'} masked")
    return "; ".join(said) + "."
