"""JSON schemas that published Airbyte connectors carry: a test tool, kept out of the product's environment.

A connector's package is put into `.cache/` once, without what it depends on; only its schema
files are read, nothing of it is imported.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

_CACHE = Path(__file__).resolve().parents[1] / ".cache" / "connectors"


@dataclass(frozen=True)
class Connector:
    """A published connector's package, at the version that the schemas were read of, and its module."""

    package: str
    version: str
    module: str

    def schemas(self) -> Path:
        """The folder of its schemas, installed once; skips the test where it cannot be installed."""
        target = _CACHE / f"{self.package}-{self.version}"
        inner = Path(self.module) / "schemas"
        _CACHE.mkdir(parents=True, exist_ok=True)
        with (_CACHE / "lock").open("w") as handle:  # test workers run side by side: one installs, the others wait
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not (target / inner).is_dir():
                self._install(target, inner)
        return target / inner

    def _install(self, target: Path, inner: Path) -> None:
        """By way of a folder beside it: one that was half written is never taken for whole."""
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
        if uv is None:
            pytest.skip(f"{self.package} cannot be installed here without uv: run `make test`, which brings it")
        scratch = target.with_suffix(".part")
        shutil.rmtree(scratch, ignore_errors=True)
        command = [uv, "pip", "install", "--quiet", "--no-deps", "--python", sys.executable, "--target", str(scratch)]
        done = subprocess.run(
            [*command, f"{self.package}=={self.version}"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            shutil.rmtree(scratch, ignore_errors=True)
            why = (done.stderr.strip() or "no reason")[-200:]
            pytest.skip(f"{self.package} cannot be installed here: run once where packages can be fetched ({why})")
        assert (scratch / inner).is_dir(), f"{self.package} {self.version} holds no {inner}"
        shutil.rmtree(target, ignore_errors=True)
        scratch.replace(target)


def validator(folder: Path, stream: str) -> Draft7Validator:
    """A validator of one stream's records; shared parts are found beside it."""
    parts = {path.name: json.loads(path.read_text()) for path in sorted((folder / "shared").glob("*.json"))}
    resources = [(part, Resource(contents=schema, specification=DRAFT7)) for part, schema in parts.items()]
    schema: dict[str, Any] = json.loads((folder / f"{stream}.json").read_text())
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
