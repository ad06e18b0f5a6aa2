"""What the parsed dbt project says of its models and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dbt.contracts.graph.manifest import Manifest

from tapflow.core.errors import CheckFailed, UnknownName
from tapflow.core.schema import Pii
from tapflow.warehouse.digest import Grain

PUBLISHED_SCHEMAS = ("entity", "fact", "metrics")
STREAM_TAG = "stream"
GROWING = ("incremental", "stream")
"""Materializations that add to the table that is there."""
NOTING = ("delete+insert", "window")
"""Incremental strategies that note what they touch (`touch` in the project's macros)."""


@dataclass(frozen=True)
class PublishedModel:
    """A model that readers get: its columns and how its table is split in the lake.

    `partition` is a date or timestamp column, None for a table that is written whole; `sorted_by` are the columns
    in whose order a partition's rows are written;
    `classifications` tells of each column what it may tell.
    """

    schema: str
    name: str
    description: str
    partition: str | None = None
    grain: Grain = Grain.MONTH
    sorted_by: Sequence[str] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    classifications: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """Its name in the lake and for readers."""
        return f"{self.schema}.{self.name}"


def raw_tables(manifest: Manifest, wanted: Iterable[str] | None = None) -> dict[str, dict[str, str]]:
    """Raw table -> column -> SQL type, as declared; with `wanted`, only these of the manifest's source ids."""
    chosen = manifest.sources if wanted is None else {k: manifest.sources[k] for k in wanted if k in manifest.sources}
    return {
        source.identifier: {c.name: str(c.data_type or "varchar") for c in source.columns.values()}
        for source in chosen.values()
    }


def stream_sources(manifest: Manifest) -> set[str]:
    """Ids of the sources from which models tagged `stream` descend."""
    waiting = [k for k, node in manifest.nodes.items() if STREAM_TAG in node.tags]
    seen: set[str] = set()
    while waiting:
        node = manifest.nodes.get(waiting.pop())
        # A seed depends on macros alone.
        for parent in getattr(node.depends_on, "nodes", ()) if node is not None else ():
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return {k for k in seen if k in manifest.sources}


def growing_models(manifest: Manifest) -> list[str]:
    """The models, `schema.name`, to whose tables a build adds, and that say by which column (`meta.grows_by`).

    Raises CheckFailed for one that is published by another column, or whose rows are replaced by another key:
    what it touched would not be noted.
    """
    growing = []
    for node in manifest.nodes.values():
        if str(node.resource_type) != "model" or node.config.materialized not in GROWING:
            continue
        meta = {**(node.config.meta or {}), **(node.meta or {})}
        column = meta.get("grows_by")
        if column is None:
            continue
        strategy = node.config.get("incremental_strategy") or "delete+insert"
        by_key = strategy == "delete+insert" and node.config.materialized == "incremental"
        if node.config.materialized == "incremental" and strategy not in NOTING:
            raise CheckFailed(
                f"The model {node.name} grows by {column} with the strategy {strategy}, which notes nothing of it.",
                f"Say one of {', '.join(NOTING)}.",
            )
        published = meta.get("published", {}).get("partition", column)
        if published != column or (by_key and node.config.unique_key != column):
            raise CheckFailed(
                f"The model {node.name} grows by {column}, but is published or replaced by another column.",
                "Let meta.grows_by, meta.published.partition and unique_key name one column.",
            )
        growing.append(f"{node.schema}.{node.name}")
    return sorted(growing)


def sealed_models(manifest: Manifest) -> set[str]:
    """The models, `schema.name`, that a full refresh does not make anew: their records may have gone."""
    return {
        f"{node.schema}.{node.name}"
        for node in manifest.nodes.values()
        if str(node.resource_type) == "model" and node.config.full_refresh is False
    }


def published_models(manifest: Manifest) -> list[PublishedModel]:
    """The models that readers get, by table name."""
    nodes = [
        node
        for node in manifest.nodes.values()
        if str(node.resource_type) == "model"
        and node.schema in PUBLISHED_SCHEMAS
        and node.config.materialized != "ephemeral"
    ]
    return sorted((_published(node) for node in nodes), key=lambda m: m.table)


def _published(node: Any) -> PublishedModel:
    split = {**(node.config.meta or {}), **(node.meta or {})}.get("published", {})
    try:
        grain = Grain(split.get("grain", "month"))
    except ValueError as error:
        raise CheckFailed(
            f"The model {node.name} wants to be split by {split['grain']!r}.",
            "Say month or day in meta.published.grain.",
        ) from error
    partition = split.get("partition")
    columns = {c.name: c.description for c in node.columns.values()}
    sorted_by = tuple(split.get("sorted_by", ()))
    for place, column in [("partition", partition), *(("sorted_by", c) for c in sorted_by)]:
        if column is not None and column not in columns:
            raise UnknownName(f"column of {node.name} (meta.published.{place})", str(column), columns)
    classes = {c.name: _classification(node.name, c) for c in node.columns.values()}
    return PublishedModel(node.schema, node.name, node.description, partition, grain, sorted_by, columns, classes)


def _classification(model: str, column: Any) -> str:
    """What a column may tell, by its YAML; internal where that says nothing."""
    said = {**(column.config.meta or {}), **(column.meta or {})}.get("classification", Pii.INTERNAL)
    try:
        return Pii(said).value
    except ValueError as error:
        raise CheckFailed(
            f"The column {model}.{column.name} has the classification {said!r}.",
            f"Say one of {', '.join(Pii)} in its config.meta.classification.",
        ) from error
