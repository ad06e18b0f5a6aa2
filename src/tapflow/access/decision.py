"""What one person may do: the answer of the policy, whole, with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tapflow.access.catalogue import Column
from tapflow.access.policy import OWNER, MetricRule, Person, QueryLimits, Scope, Tier
from tapflow.access.roles import Classification, Department, Mask, Role
from tapflow.access.rows import RowFilter
from tapflow.core.errors import AskedWrongly, UnknownName


class Forbidden(AskedWrongly):
    """A policy forbids it; the message says which, the next step who can change that."""


@dataclass(frozen=True)
class Verdict:
    """Whether something is allowed, and why."""

    allowed: bool
    why: str

    def require(self) -> None:
        """Raise Forbidden unless it is allowed."""
        if not self.allowed:
            raise Forbidden(self.why, "Ask a data steward for access (see `tapflow people list`).")


@dataclass(frozen=True)
class TableRule:
    """What a person gets of a table: whether it may be named, which rows, which columns masked, and why."""

    table: str
    allowed: bool
    why: str
    columns: tuple[Column, ...] = ()
    row_filters: tuple[RowFilter, ...] = ()
    masks: Mapping[str, Mask] = field(default_factory=dict)

    @property
    def is_restricted(self) -> bool:
        """Whether rows are left out or columns masked."""
        return bool(self.row_filters or self.masks)

    @property
    def applied(self) -> tuple[str, ...]:
        """What is put in, in words, for the log."""
        rows = tuple(f.why for f in self.row_filters)
        masks = tuple(f"mask {mask.value} on {self.table}.{column}" for column, mask in sorted(self.masks.items()))
        return rows + masks


@dataclass(frozen=True)
class Decision:
    """What one person may ask of one published version under one policy.

    `tables` holds a rule for every table of the catalogue; whatever is not in it does not exist.
    `mask_key` keys the digests of masked texts.
    """

    person: str
    about: Person | None
    tables: Mapping[str, TableRule]
    scopes: frozenset[Scope]
    limits: QueryLimits
    minimum_group_size: int
    policy: str
    version: str
    mask_key: str = field(default="", repr=False)
    metric_rules: tuple[MetricRule, ...] = ()
    tiers: Mapping[str, Tier] = field(default_factory=dict)

    @property
    def is_owner(self) -> bool:
        """Whether it is the home's owner, who sees everything."""
        return self.person == OWNER

    @property
    def roles(self) -> tuple[Role, ...]:
        """The person's roles; the owner has none and needs none."""
        return self.about.roles if self.about else ()

    @property
    def restricts(self) -> bool:
        """Whether anything at all is kept from the person."""
        return any(not rule.allowed or rule.is_restricted for rule in self.tables.values())

    def table(self, name: str) -> TableRule:
        """The rule of a table. Raises UnknownName for one that is not there, Forbidden for one that may not be named.

        Only names that the person may ask are offered.
        """
        rule = self.tables.get(name)
        if rule is None:
            raise UnknownName("table", name, self.named())
        if not rule.allowed:
            raise Forbidden(rule.why, "Ask a data steward for access (see `tapflow people list`).")
        return rule

    def named(self) -> list[str]:
        """The tables that the person may name."""
        return sorted(name for name, rule in self.tables.items() if rule.allowed)

    def may(self, scope: Scope) -> Verdict:
        """Whether the person may do a kind of thing."""
        if scope in self.scopes:
            return Verdict(True, f"{self.person} may {scope.value}.")
        roles = ", ".join(self.roles) or "no role"
        return Verdict(False, f"{self.person} ({roles}) may not use {_SCOPE_WORDS[scope]}.")

    def metric(
        self, name: str, domain: Department, classification: Classification = Classification.INTERNAL
    ) -> Verdict:
        """Whether the person may ask a metric. The first rule that fits it decides; without one nobody may."""
        if self.is_owner:
            return Verdict(True, f"{name}: the home's owner may ask every metric.")
        for rule in self.metric_rules:
            if rule.fits(name, domain, classification):
                allowed = bool(set(rule.roles) & set(self.roles))
                who = ", ".join(rule.roles)
                said = f"{name} ({domain.value}, {classification.value}) may be asked by: {who}."
                return Verdict(allowed, said if allowed else f"{self.person} may not ask {name}. {said}")
        return Verdict(False, f"No rule of the policy lets anybody ask {name} ({domain.value}).")

    def dashboard(self, tier: str, department: Department | None = None) -> Verdict:
        """Whether the person may open a dashboard of a tier; `department` is whose it is."""
        found = self.tiers.get(tier)
        if found is None:
            raise UnknownName("dashboard tier", tier, self.tiers)
        if self.is_owner or found.everybody:
            return Verdict(True, f"The {tier} tier is open to {self.person}.")
        assert self.about is not None
        own = department is not None and department is self.about.department
        allowed = (
            self.about.level in found.levels
            or (own and self.about.level in found.own_levels)
            or bool(set(self.about.roles) & set(found.roles))
        )
        who = ", ".join([*found.levels, *(f"the department's {level}" for level in found.own_levels), *found.roles])
        whose = f"{tier} tier" if department is None else f"{tier} tier ({department.value})"
        return Verdict(allowed, f"The {whose} is {'open' if allowed else 'closed'} to {self.person}; it is for: {who}.")


_SCOPE_WORDS = {
    Scope.ASK: "metrics and dashboards",
    Scope.SQL: "SQL",
    Scope.EXPORT: "exports",
    Scope.TRUTH: "the ledger",
    Scope.AUDIT: "the log of accesses",
}
