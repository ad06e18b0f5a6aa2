"""The policy file: its shape, and how it is read. One file judges every question."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from tapflow.access.roles import Classification, Department, Level, Mask, Role
from tapflow.core.errors import AskedWrongly, FileBroken

SHIPPED = Path(__file__).with_name("policy.yml")
OWNER = "owner"
"""The home's owner: who can read its files, and so sees everything. No line of the policy may take this name."""


class PolicyInvalid(AskedWrongly):
    """The policy breaks a rule; the message names the key."""


class Scope(StrEnum):
    """What a person, or a token, may do."""

    ASK = "ask"  # metrics and dashboards
    SQL = "sql"  # queries of their own
    EXPORT = "export"  # taking answers away as files
    TRUTH = "truth"  # reading the ledger
    AUDIT = "audit"  # reading who asked what


# `null` is a word of YAML too: whoever forgets the quotes means the mask.
MaskWord = Annotated[Mask, BeforeValidator(lambda value: "null" if value is None else value)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
TableName = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")]
Pattern = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z0-9_*]+$")]
ColumnName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")]
ColumnPath = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z0-9_]+\.[a-z0-9_]+$")]


class _Strict(BaseModel):
    """Refuses unknown keys, and cannot be changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RolePolicy(_Strict):
    """What a role may name, see and do."""

    description: str = Field(min_length=1)
    tables: tuple[Pattern, ...]
    without: tuple[Pattern, ...] = ()
    sees: Mapping[Classification, MaskWord] = Field(default_factory=dict)
    may: tuple[Scope, ...] = ()

    def mask(self, classification: Classification) -> Mask:
        """What stands in the place of a column of a classification."""
        if classification in (Classification.PUBLIC, Classification.INTERNAL):
            return self.sees.get(classification, Mask.CLEAR)
        return self.sees.get(classification, Mask.NULL)


class Person(_Strict):
    """Somebody who asks, a program too."""

    name: str = Field(min_length=1)
    title: str = ""
    level: Level = Level.STAFF
    department: Department
    roles: tuple[Role, ...] = Field(min_length=1)
    groups: tuple[Name, ...] = ()
    attributes: Mapping[Name, tuple[str, ...]] = Field(default_factory=dict)


class RowPolicy(_Strict):
    """Rows whose `column` is among the person's values of `attribute`, for the roles and groups that it binds."""

    description: str = Field(min_length=1)
    column: ColumnName
    attribute: Name
    roles: tuple[Role, ...] = ()
    groups: tuple[Name, ...] = ()
    also: Mapping[TableName, ColumnName] = Field(default_factory=dict)
    shared: tuple[Pattern, ...] = ()

    @model_validator(mode="after")
    def _binds_somebody(self) -> RowPolicy:
        if not self.roles and not self.groups:
            raise ValueError("it binds nobody; name roles or groups")
        return self


class Link(_Strict):
    """A column by which a table leads to another, where it has the same name.

    What leads to a table belongs to whom its row belongs now: the hours of a device that moved
    are seen by those who see its present place.
    """

    column: ColumnName
    table: TableName


class MetricRule(_Strict):
    """Who may ask metrics of these names, classifications or domains."""

    names: tuple[Name, ...] = ()
    classification: Classification | None = None
    domains: tuple[Department, ...] = ()
    roles: tuple[Role, ...]

    @model_validator(mode="after")
    def _fits_something(self) -> MetricRule:
        if not (self.names or self.classification or self.domains):
            raise ValueError("it fits no metric; give names, a classification or domains")
        return self

    def fits(self, name: str, domain: Department, classification: Classification) -> bool:
        """Whether a metric is one of the rule's."""
        return name in self.names or classification is self.classification or domain in self.domains


class Tier(_Strict):
    """Who may open dashboards of a tier. `own_levels` counts for one's own department's alone."""

    description: str = Field(min_length=1)
    levels: tuple[Level, ...] = ()
    own_levels: tuple[Level, ...] = ()
    roles: tuple[Role, ...] = ()
    everybody: bool = False


class Benchmarks(_Strict):
    """How benchmarks keep single customers out of sight."""

    minimum_group_size: int = Field(ge=2)


class QueryLimits(_Strict):
    """What one query may take: seconds of real time, rows of its answer, MB of the engine's memory."""

    seconds: float = Field(gt=0, le=3600)
    rows: int = Field(gt=0, le=100_000_000)
    memory_mb: int = Field(ge=64)


class Policy(_Strict):
    """The whole policy. See `policy.yml` for what each part means."""

    form: int = Field(ge=1, le=1)
    roles: Mapping[Role, RolePolicy]
    groups: Mapping[Name, str] = Field(default_factory=dict)
    people: Mapping[Name, Person]
    row_policies: Mapping[Name, RowPolicy] = Field(default_factory=dict)
    links: tuple[Link, ...] = ()
    columns: Mapping[ColumnPath, Mapping[Role, MaskWord]] = Field(default_factory=dict)
    metrics: tuple[MetricRule, ...] = ()
    dashboards: Mapping[Name, Tier] = Field(default_factory=dict)
    benchmarks: Benchmarks
    limits: QueryLimits
    digest: str = Field(default="", exclude=True)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Policy:
        if problems := list(_problems(self)):
            raise ValueError("; ".join(problems))
        return self


def _problems(policy: Policy) -> list[str]:
    """What names something that is nowhere declared."""
    said = [f"roles: {role} is not described" for role in Role if role not in policy.roles]
    if OWNER in policy.people:
        said.append(f"people.{OWNER}: this name is the home's owner's; take another")
    for name, person in policy.people.items():
        said += [f"people.{name}.groups: there is no group {g}" for g in person.groups if g not in policy.groups]
        for policy_name, rows in policy.row_policies.items():
            if binds(rows, person) and not person.attributes.get(rows.attribute):
                said.append(
                    f"people.{name}.attributes: row_policies.{policy_name} binds {name} "
                    f"but there are no {rows.attribute}; give a list of values"
                )
    for name, rows in policy.row_policies.items():
        said += [f"row_policies.{name}.groups: there is no group {g}" for g in rows.groups if g not in policy.groups]
    return said


def binds(rows: RowPolicy, person: Person) -> bool:
    """Whether a row policy narrows what a person sees."""
    return bool(set(rows.roles) & set(person.roles) or set(rows.groups) & set(person.groups))


def load_policy(path: Path | None = None) -> Policy:
    """The policy of a file, the shipped one by default.

    Raises FileBroken when it cannot be read, PolicyInvalid naming each key that breaks a rule.
    """
    chosen = path or SHIPPED
    try:
        text = chosen.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileBroken(f"The policy {chosen} cannot be read: {error}.", "Point TAPFLOW_POLICY to a file.") from error
    return policy_of(text, chosen.name)


def policy_of(text: str, where: str = "the policy") -> Policy:
    """The policy of a YAML text. Raises PolicyInvalid."""
    try:
        document = yaml.load(text, _OnceLoader)  # noqa: S506 (a SafeLoader underneath)
    except yaml.YAMLError as error:
        raise PolicyInvalid(f"{where} is not YAML: {_one_line(str(error))}.", "Correct the file.") from error
    if not isinstance(document, dict):
        raise PolicyInvalid(f"{where} holds no keys.", f"Begin with a copy of {SHIPPED.name}.")
    document.pop("digest", None)
    try:
        policy = Policy.model_validate(document)
    except ValidationError as error:
        told = [_told(e) for e in error.errors()]
        raise PolicyInvalid(
            f"{where} breaks {'a rule' if len(told) == 1 else f'{len(told)} rules'}: {'; '.join(told[:8])}.",
            "Correct the file and run `tapflow policy check`.",
        ) from error
    return policy.model_copy(update={"digest": hashlib.sha256(text.encode()).hexdigest()[:16]})


class _OnceLoader(yaml.SafeLoader):
    """YAML in which a key stands once: of two people of one name the second would silently win."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping. Raises YAMLError for a key that stands twice."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                raise yaml.YAMLError(f"the key {key!r} stands twice (line {key_node.start_mark.line + 1})")
            seen.add(key)
        return super().construct_mapping(node, deep)


def _told(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"] if part != "[key]")
    said = str(error["msg"]).removeprefix("Value error, ")
    given = error.get("input")
    shown = f" (here {given!r})" if isinstance(given, str | int | float) and error["type"] != "missing" else ""
    return f"{where}: {_one_line(said)}{shown}" if where else _one_line(said)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().rstrip(".")
