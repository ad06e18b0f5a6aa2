"""The contracts that ingestion checks, from the sources' declarations: `ingest/contracts/<system>.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson

from tapflow import sources
from tapflow.core.schema import SourceObject
from tapflow.ingest.contract import FOLDER


def contracts() -> dict[str, str]:
    """File name -> text, one contract for each registered source system."""
    return {f"{name}.json": contract_text(name, package.OBJECTS) for name, package in sources.SYSTEMS.items()}


def contract_text(system: str, objects: Iterable[SourceObject]) -> str:
    """A system's contract: its objects by name, their fields in the declared order."""
    ordered = sorted(objects, key=lambda o: o.name)
    document = {"system": system, "objects": [_object(o) for o in ordered]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"


def _object(declared: SourceObject) -> Mapping[str, object]:
    return {
        "object": declared.name,
        "grain": declared.grain,
        "kind": declared.kind.value,
        "partition": declared.partition,
        "key": list(declared.key),
        "version": declared.version,
        "fields": [
            {
                "name": f.name,
                "type": f.type.value,
                "required": f.required,
                "description": f.description,
                "classification": f.pii.value,
            }
            for f in declared.fields
        ],
    }


def generate(check: bool = False, folder: Path = FOLDER) -> list[str]:
    """Bring the contracts' folder up to date; answers the files that differed. With `check`, writes nothing."""
    wanted = contracts()
    present = {p.name: p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.json"))}
    stale = sorted(set(present) - set(wanted))
    differing = sorted(name for name, text in wanted.items() if present.get(name) != text)
    if not check:
        folder.mkdir(parents=True, exist_ok=True)
        for name in differing:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        for name in stale:
            (folder / name).unlink()
    return [f"src/tapflow/ingest/contracts/{name}" for name in sorted([*differing, *stale])]
