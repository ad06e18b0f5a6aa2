"""JSON schemas that published Airbyte connectors carry: a test tool, kept out of the product's environment.

A connector's package is put into `.cache/` once, without what it depends on; only its schema
files are read, nothing of it is imported.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

_CACHE = Path(__file__).resolve().parents[1] / ".cache" / "connectors"

_INSTALL = ("pip", "install", "--quiet", "--no-deps")


def schema_folder(package: str, version: str, inner: str) -> Path:
    """Where the schemas of a connector lie; skips the test where it cannot be installed."""
    target = _CACHE / f"{package}-{version}"
    if not (target / inner).is_dir():
        scratch = target.with_suffix(".part")
        shutil.rmtree(scratch, ignore_errors=True)
        beside = Path(sys.executable).with_name("uv")
        uv = str(beside) if beside.exists() else shutil.which("uv")
        if uv is None:
            pytest.skip(f"{package} cannot be installed here: there is no uv")
        done = subprocess.run(
            [uv, *_INSTALL, "--python", sys.executable, "--target", str(scratch), f"{package}=={version}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not (scratch / inner).is_dir():
            shutil.rmtree(scratch, ignore_errors=True)
            pytest.skip(f"{package} {version} cannot be installed here: {(done.stderr.strip() or 'no reason')[-200:]}")
        shutil.rmtree(target, ignore_errors=True)
        scratch.replace(target)
    return target / inner


def validator(folder: Path, name: str) -> Draft7Validator:
    """A validator of one stream's records; shared parts are found beside it."""
    parts = {path.name: json.loads(path.read_text()) for path in sorted((folder / "shared").glob("*.json"))}
    resources = [(part, Resource(contents=schema, specification=DRAFT7)) for part, schema in parts.items()]
    schema: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft7Validator(schema, registry=registry)


def complaints(check: Draft7Validator, record: dict[str, Any]) -> list[str]:
    """What is wrong with a record, one line each: wrong types, and fields that the vendor does not have."""
    wrong = [f"{'.'.join(map(str, e.absolute_path))}: {e.message[:120]}" for e in check.iter_errors(record)]
    unknown = sorted(set(record) - _fields(check))
    return wrong + [f"{name}: not a field of the vendor's" for name in unknown]


def _fields(check: Draft7Validator) -> set[str]:
    schema = check.schema
    if "$ref" in schema:
        schema = check._resolver.lookup(schema["$ref"]).contents
    return set(schema["properties"])
