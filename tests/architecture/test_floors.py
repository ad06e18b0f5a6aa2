"""Who may know whom: imports run downward only, even inside functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tapflow"

# Package -> the packages of ours that it may import (besides itself). A package that is not listed is refused.
MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    "business": {"core"},
    "sources": {"core", "business"},
    "lake": {"core"},
    "access": {"core"},
    "ingest": {"core", "lake"},
    "stream": {"core", "lake"},
    "warehouse": {"core", "lake"},
    "metrics": {"core", "access", "warehouse"},
    "quality": {"core", "access", "warehouse", "ingest", "stream", "lake", "sources", "metrics", "business"},
    "pipeline": {"core", "business", "sources", "lake", "ingest", "warehouse", "quality", "access", "metrics"},
}

# Library -> the only packages of ours that may import it.
ONLY_USERS: dict[str, set[str]] = {
    "pyiceberg": {"lake"},
    "duckdb": {"warehouse"},
    "dbt": {"warehouse"},
    "click": {"pipeline"},
    "rich": {"pipeline"},
    "argon2": {"access"},
}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every imported module of a file, wherever the statement stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            assert node.module is not None
            yield node.module, node.lineno
            if node.module == "tapflow":
                for alias in node.names:
                    yield f"tapflow.{alias.name}", node.lineno


def violations(package: str, text: str) -> list[str]:
    """What a file of a package imports against the rules."""
    found = []
    for name, line in imports(ast.parse(text)):
        parts = name.split(".")
        if parts[0] == "tapflow":
            if len(parts) > 1 and parts[1] != package and parts[1] not in MAY_IMPORT[package]:
                found.append(f"line {line}: {package} may not import {name}")
        elif package not in ONLY_USERS.get(parts[0], {package}):
            found.append(f"line {line}: only {', '.join(sorted(ONLY_USERS[parts[0]]))} may import {parts[0]}")
    return found


def package_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


def test_every_package_has_a_floor() -> None:
    packages = {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__" and any(p.rglob("*.py"))}
    assert packages <= set(MAY_IMPORT)


@pytest.mark.parametrize("path", [p for p in modules() if p.parent != SOURCE], ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_run_downward(path: Path) -> None:
    assert violations(package_of(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("package", "text"),
    [
        ("ingest", "from tapflow.sources import SYSTEMS"),
        ("business", "def f():\n    import tapflow.sources.stripe"),
        ("lake", "from tapflow import warehouse"),
        ("core", "import tapflow.business.day"),
        ("quality", "import duckdb"),
        ("warehouse", "def f():\n    from pyiceberg.catalog import load_catalog"),
    ],
)
def test_a_forbidden_import_is_seen(package: str, text: str) -> None:
    assert violations(package, text)
