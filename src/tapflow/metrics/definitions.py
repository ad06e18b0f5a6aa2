"""What metrics are: read from the semantic manifest that dbt writes, and frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapflow.core.errors import FileBroken, UnknownName


@dataclass(frozen=True)
class Dimension:
    """A column by which rows can be told apart. `as_of` is its SQL where it depends on the instant `{as_of}`."""

    name: str
    expr: str
    as_of: str | None = None


@dataclass(frozen=True)
class Measure:
    """An aggregate of a fact's rows at a time of theirs. A snapshot counts on the last day of a period alone."""

    name: str
    agg: str
    expr: str
    time: str
    is_snapshot: bool


@dataclass(frozen=True)
class Fact:
    """A table with its dimensions and measures. `valid_to`: its rows hold until that day, exclusive.

    `customer` is the column that names the customer, None where rows have none.
    """

    name: str
    table: str
    valid_to: str | None
    customer: str | None
    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]
    validity: tuple[str, str] | None = None


@dataclass(frozen=True)
class Input:
    """Another metric in an expression, over a window of its own (see `periods`)."""

    metric: str
    alias: str
    window: str


@dataclass(frozen=True)
class Metric:
    """A metric: one measure, or an expression of others. `meta` holds what readers are told of it."""

    name: str
    label: str
    description: str
    measure: str | None
    expr: str | None
    inputs: tuple[Input, ...]
    meta: Mapping[str, Any]

    @property
    def unit(self) -> str:
        """usd (minor units until answered), count, ratio, days, months or points."""
        return str(self.meta["unit"])


@dataclass(frozen=True)
class Catalogue:
    """Every fact and metric of a version, by name."""

    facts: Mapping[str, Fact]
    metrics: Mapping[str, Metric]

    def metric(self, name: str) -> Metric:
        """A metric by name. Raises UnknownName with the nearest."""
        if name not in self.metrics:
            raise UnknownName("metric", name, self.metrics)
        return self.metrics[name]

    def fact_of(self, measure: str) -> Fact:
        """The fact that holds a measure."""
        return next(f for f in self.facts.values() if measure in f.measures)


def load(path: Path) -> Catalogue:
    """The definitions in a semantic manifest. Raises FileBroken where there are none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileBroken(f"The definitions of metrics cannot be read from {path}.", "Run `tapflow build`.") from error
    facts = {m["name"]: _fact(m) for m in document["semantic_models"]}
    metrics = {m["name"]: _metric(m) for m in document["metrics"]}
    if not metrics:
        raise FileBroken(f"{path} defines no metric.", "Run `tapflow build`.")
    return Catalogue(facts, metrics)


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (node.get("config") or {}).get("meta") or {}
    return found


def _fact(node: Mapping[str, Any]) -> Fact:
    own = node["dimensions"]
    times = {d["name"]: d.get("expr") or d["name"] for d in own if d["type"] == "time"}
    default = (node.get("defaults") or {}).get("agg_time_dimension")
    relation = node["node_relation"]
    return Fact(
        name=node["name"],
        table=f"{relation['schema_name']}.{relation['alias']}",
        valid_to=_meta(node).get("valid_to"),
        customer=next((e.get("expr") or e["name"] for e in node["entities"] if e["name"] == "customer"), None),
        dimensions={d["name"]: _dimension(d) for d in own if d["type"] == "categorical"},
        measures={m["name"]: _measure(m, times, default) for m in node["measures"]},
        validity=_validity(own),
    )


def _validity(dimensions: list[Mapping[str, Any]]) -> tuple[str, str] | None:
    marked = {
        "to" if validity["is_end"] else "from": d.get("expr") or d["name"]
        for d in dimensions
        if (validity := (d.get("type_params") or {}).get("validity_params"))
    }
    return (marked["from"], marked["to"]) if marked else None


def _dimension(node: Mapping[str, Any]) -> Dimension:
    return Dimension(node["name"], node.get("expr") or node["name"], _meta(node).get("as_of_expr"))


def _measure(node: Mapping[str, Any], times: Mapping[str, str], default: str | None) -> Measure:
    time = times[str(node.get("agg_time_dimension") or default)]
    return Measure(
        node["name"], node["agg"], node.get("expr") or node["name"], time, bool(node.get("non_additive_dimension"))
    )


def _metric(node: Mapping[str, Any]) -> Metric:
    params, meta = node["type_params"], _meta(node)
    windows = meta.get("windows", {})
    inputs = tuple(
        Input(i["name"], alias := i.get("alias") or i["name"], windows.get(alias, "period"))
        for i in params.get("metrics") or ()
    )
    measure = (params.get("measure") or {}).get("name")
    return Metric(
        node["name"], node.get("label") or node["name"], node["description"], measure, params.get("expr"), inputs, meta
    )
