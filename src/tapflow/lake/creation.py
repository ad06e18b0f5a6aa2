"""Making a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import TableAlreadyExistsError
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.table import Table

from tapflow.lake.columns import iceberg_schema
from tapflow.lake.evolution import transform
from tapflow.lake.model import Partitioning
from tapflow.lake.scans import CONSTANTS

TABLE_PROPERTIES = {
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "5",
    # A table has one writer at a time; a second one is told, never merged in silence.
    "commit.retry.num-retries": "0",
}


def create_table(
    catalogue: Catalog,
    name: str,
    schema: pa.Schema,
    partitioning: Partitioning,
    path_columns: Sequence[str],
    properties: Mapping[str, str],
) -> Table:
    """Make a table; answers the one that is there when another process was quicker."""
    iceberg = iceberg_schema(schema)
    fields = [
        PartitionField(iceberg.find_field(p.column).field_id, 1000 + i, transform(p.split), p.name)
        for i, p in enumerate(partitioning)
    ]
    # Files that were taken over carry no field numbers: readers find their columns by these names.
    names = {"schema.name-mapping.default": iceberg.name_mapping.model_dump_json()}
    constants = {CONSTANTS: ",".join(path_columns)} if path_columns else {}
    try:
        return catalogue.create_table(
            name,
            iceberg,
            partition_spec=PartitionSpec(*fields),
            properties={**TABLE_PROPERTIES, **properties, **names, **constants},
        )
    except TableAlreadyExistsError:
        return catalogue.load_table(name)
