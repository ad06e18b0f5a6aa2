"""What a source promises: the objects it sends and their fields, read from the generated contracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import orjson
import pyarrow as pa

from tapflow.core.errors import FileBroken
from tapflow.core.schema import Type
from tapflow.lake import PartitionField, Partitioning, Split

LOADED_AT = "_loaded_at"
SOURCE_FILE = "_source_file"
FOLDER = Path(__file__).parent / "contracts"

ARROW: Mapping[Type, pa.DataType] = {
    Type.STRING: pa.string(),
    Type.JSON: pa.string(),
    Type.INT: pa.int64(),
    Type.FLOAT: pa.float64(),
    Type.BOOL: pa.bool_(),
    Type.TIMESTAMP: pa.timestamp("us"),
    Type.DATE: pa.date32(),
}


@dataclass(frozen=True)
class ContractField:
    """A promised field, under the vendor's name."""

    name: str
    type: Type
    required: bool = False
    description: str = ""


@dataclass(frozen=True)
class Contract:
    """A promised object. `by_day`: too big to be joined, each day's file stays a file of its own."""

    system: str
    object: str
    fields: tuple[ContractField, ...]
    by_day: bool = False

    @property
    def key(self) -> str:
        """How a day's marker names the object."""
        return f"{self.system}/{self.object}"

    @property
    def table(self) -> str:
        """Its raw table in the lake."""
        return raw_table(self.system, self.object)

    @cached_property
    def schema(self) -> pa.Schema:
        """The fields' Arrow schema, as a clean file has it."""
        return pa.schema([(f.name, ARROW[f.type]) for f in self.fields])

    @property
    def raw_schema(self) -> pa.Schema:
        """The raw table's schema: the fields and what loading adds."""
        described = [pa.field(f.name, ARROW[f.type], metadata={"doc": f.description}) for f in self.fields]
        return pa.schema([*described, *LOADING_FIELDS])

    @property
    def partitioning(self) -> Partitioning:
        """By month of loading; or a partition for each file."""
        if self.by_day:
            return (PartitionField(LOADED_AT), PartitionField(SOURCE_FILE))
        return (PartitionField(LOADED_AT, Split.MONTH),)

    @property
    def path_columns(self) -> tuple[str, ...]:
        """Columns that a day's file need not hold, so that it is taken over byte for byte."""
        return (LOADED_AT, SOURCE_FILE) if self.by_day else ()


LOADING_FIELDS = (
    pa.field(LOADED_AT, pa.timestamp("us"), metadata={"doc": "When the row's day was loaded, UTC, simulated clock."}),
    pa.field(SOURCE_FILE, pa.string(), metadata={"doc": "The file that the row came in, below the sources' folder."}),
)

Contracts = Mapping[str, Contract]
"""Contracts by `system/object`."""


def raw_table(system: str, name: str) -> str:
    """The raw table of a source's object."""
    return f"raw.{system}__{name}"


def load_contracts(folder: Path = FOLDER) -> dict[str, Contract]:
    """Every contract in a folder of `<system>.json`. Raises FileBroken for one that cannot be read."""
    found: dict[str, Contract] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            document = orjson.loads(path.read_bytes())
            for contract in _parsed(document):
                found[contract.key] = contract
        except (orjson.JSONDecodeError, KeyError, ValueError) as error:
            raise FileBroken(f"{path} is no contract: {error}", "Write it anew with `tapflow generate`.") from error
    return found


def _parsed(document: Mapping[str, object]) -> Iterable[Contract]:
    system = str(document["system"])
    objects = document["objects"]
    assert isinstance(objects, list)
    for each in objects:
        fields = tuple(
            ContractField(f["name"], Type(f["type"]), bool(f.get("required")), f.get("description", ""))
            for f in each["fields"]
        )
        yield Contract(system, each["object"], fields, each.get("partition") == "day")
