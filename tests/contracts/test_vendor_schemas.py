"""Records have the shapes that published connectors expect of Stripe and Zendesk.

The JSON schemas come from two public connector packages, installed into a folder of their own
and only read: nothing of them is imported.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tapflow import sources
from tapflow.business.company import Company
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.core.clock import day_number
from tapflow.core.schema import SourceObject, Type
from tapflow.sources.day_logs import day_logs

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "vendor-schemas"
PACKAGES = {
    "stripe": ("airbyte-source-stripe==5.14.1", "source_stripe"),
    "zendesk": ("airbyte-source-zendesk-support==4.9.1", "source_zendesk_support"),
}
# Our object's name -> the connector's stream, where they differ.
STREAMS = {"comments": "ticket_comments"}
SAMPLE = 300
DAYS = 50


def schemas_of(system: str) -> Path:
    """The folder with the connector's schemas, installed once."""
    package, module = PACKAGES[system]
    target = CACHE / package.replace("==", "-")
    if not (target / module).exists():
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
        if uv is None:
            pytest.skip("uv is needed to install the schemas of connectors: run `make test`, which brings it")
        done = subprocess.run(
            [uv, "pip", "install", "-q", "--no-deps", "--python", sys.executable, "--target", str(target), package],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"{package} cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
    return target / module / "schemas"


def resolved(schema: Any, folder: Path, depth: int = 0) -> Any:
    """The schema with its references to shared files put in their place."""
    if isinstance(schema, list):
        return [resolved(part, folder, depth) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema and depth < 8:
        name = schema["$ref"].split("/")[-1]
        return resolved(json.loads((folder / "shared" / name).read_text()), folder, depth + 1)
    return {k: resolved(v, folder, depth) for k, v in schema.items() if k != "$ref"}


def record_of(declared: SourceObject, row: dict[str, Any]) -> dict[str, Any]:
    """A log's row as the vendor's API would answer it."""
    kinds = {f.name: f.type for f in declared.fields}
    return {name: _plain(kinds[name], value) for name, value in row.items() if value is not None}


def _plain(kind: Type, value: Any) -> Any:
    if kind is Type.JSON:
        return json.loads(value)
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return value.isoformat() if isinstance(value, date) else value


@pytest.fixture(scope="module")
def records() -> dict[str, tuple[SourceObject, list[dict[str, Any]]]]:
    """Some records of each object, over the first and the last days of a while."""
    company = Company(load_scenario("tiny"), 3, day_number(date(2026, 1, 1)))
    wanted = {f"{system}/{o.name}" for system in PACKAGES for o in sources.SYSTEMS[system].OBJECTS}
    held: dict[str, tuple[SourceObject, list[dict[str, Any]]]] = {}
    for _ in range(DAYS):
        day = step(company)
        for name, declared, table in day_logs(company, day, wanted):
            rows = held.setdefault(name, (declared, []))[1]
            rows.extend(table.slice(0, max(0, SAMPLE - len(rows)) // 4 + 1).to_pylist())
    return held


def cases() -> Iterator[tuple[str, str]]:
    for system in PACKAGES:
        for declared in sources.SYSTEMS[system].OBJECTS:
            yield system, declared.name


@pytest.mark.parametrize(("system", "name"), list(cases()))
def test_records_match_the_connectors_schema(
    system: str, name: str, records: dict[str, tuple[SourceObject, list[dict[str, Any]]]]
) -> None:
    folder = schemas_of(system)
    schema = resolved(json.loads((folder / f"{STREAMS.get(name, name)}.json").read_text()), folder)
    if f"{system}/{name}" not in records:
        assert name in ("disputes", "credit_notes"), f"{DAYS} days brought no {name}"
        return
    declared, rows = records[f"{system}/{name}"]
    validator = jsonschema.Draft7Validator(schema)
    for row in rows:
        error = next(validator.iter_errors(record_of(declared, row)), None)
        assert error is None, f"{name}.{'.'.join(str(p) for p in error.path)}: {error.message[:200]}"
    known = set(schema["properties"]) | {"livemode"}  # every object of Stripe's has it; a few schemas leave it out
    strange = {f.name for f in declared.fields} - known
    assert not strange, f"the connector knows no {', '.join(sorted(strange))}"


def test_a_wrong_type_is_seen() -> None:
    folder = schemas_of("zendesk")
    schema = resolved(json.loads((folder / "tickets.json").read_text()), folder)
    assert list(jsonschema.Draft7Validator(schema).iter_errors({"id": "not a number"}))
