"""dbt, run inside this process and kept warm: importing it takes seconds, parsing the project some more."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.semantic_manifest import SemanticManifest

from tapflow.core.errors import CheckFailed, SurroundingsFailed
from tapflow.warehouse.engine import Limits
from tapflow.warehouse.progress import Progress, silent
from tapflow.warehouse.project import project_digest

_PARSED = "partial_parse.msgpack"
_FAILED = {"error", "fail", "runtime error"}


@dataclass(frozen=True)
class NodeRun:
    """What became of a model, seed or test."""

    name: str
    kind: str
    status: str
    seconds: float
    message: str
    path: str


class Dbt:
    """The project bound to one DuckDB file.

    dbt's own words go to `<folder>/logs/dbt.log`. What it parsed is kept beside the project, in
    `<project>/target`, for every home that uses it: parsing all of it takes ten seconds.
    """

    def __init__(self, project: Path, folder: Path, database: Path, limits: Limits) -> None:
        self.project, self.folder, self.database = project, folder, database
        self._manifest: Manifest | None = None
        self._digest = ""
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("DO_NOT_TRACK", "1")
        os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        _write_profile(self.folder, str(self.database), {"threads": limits.threads, "settings": limits.settings()})
        # dbt parses all anew for another profile. Parsing opens no database: one that is the same everywhere does.
        _write_profile(self._parsing, f"none-is-opened/{database.name}", {"threads": 1})

    @property
    def _parsing(self) -> Path:
        return self.folder / "parse"

    @property
    def log(self) -> Path:
        """Where dbt's own words go."""
        return self.folder / "logs" / "dbt.log"

    def manifest(self) -> Manifest:
        """The parsed project; parsed again only when one of its files changed."""
        digest = project_digest(self.project)
        if self._manifest is None or digest != self._digest:
            self._manifest, self._digest = self._parse(), digest
        return self._manifest

    def _parse(self) -> Manifest:
        shared, written = self.project / "target" / _PARSED, self._parsing / "target" / _PARSED
        written.unlink(missing_ok=True)
        known = ["--partial-parse-file-path", str(shared)] if shared.is_file() else []
        outcome = self._invoke(["parse", *known], self._parsing, None, [])
        if not outcome.success or not isinstance(outcome.result, Manifest):
            raise CheckFailed(f"The dbt project cannot be read: {_said(outcome)}", "Mend the file that it names.")
        if written.exists():  # dbt writes it when something had changed
            _share(written, shared)
        return outcome.result

    def definitions(self) -> str:
        """The project's semantic models and metrics, as dbt tells them to other programs (JSON)."""
        path = self.folder / "semantic_manifest.json"
        SemanticManifest(self.manifest()).write_json_to_file(str(path))
        return path.read_text(encoding="utf-8")

    def run(self, arguments: Sequence[str], progress: Progress = silent, tolerant: bool = False) -> list[NodeRun]:
        """Run a dbt command ("build", "--select", …) over the parsed project.

        Raises CheckFailed that names the models and tests that failed, and where to read more;
        `tolerant` leaves the judgement to the caller.
        """
        manifest = self.manifest()
        outcome = self._invoke(arguments, self.folder, manifest, [_watch(progress)])
        runs = [_node_run(r) for r in getattr(outcome.result, "results", None) or []]
        failed = [r for r in runs if r.status in _FAILED]
        if tolerant and runs:
            return runs
        if failed:
            raise self._failure(failed, runs)
        if not outcome.success:
            raise CheckFailed(f"The build stopped: {_said(outcome)}", f"Read {self.log}.")
        return runs

    def _invoke(
        self, arguments: Sequence[str], folder: Path, manifest: Manifest | None, callbacks: list[Any]
    ) -> dbtRunnerResult:
        common = [
            *("--project-dir", str(self.project), "--profiles-dir", str(folder)),
            *("--target-path", str(folder / "target"), "--log-path", str(self.log.parent)),
            *("--log-level", "none", "--log-level-file", "info", "--no-use-colors-file", "--no-version-check"),
            # Nobody reads the project as JSON; writing it takes seconds of every run.
            "--no-write-json",
        ]
        try:
            outcome = dbtRunner(manifest=manifest, callbacks=callbacks).invoke([*arguments, *common])
        except OSError as error:
            raise SurroundingsFailed(f"dbt could not write under {self.folder}: {error}") from error
        finally:
            self.close()
        if isinstance(outcome.exception, KeyboardInterrupt):
            # dbt answers a person's Ctrl-C as if a run had failed.
            raise KeyboardInterrupt
        return outcome

    def close(self) -> None:
        """Let go of the DuckDB file, so that this or another process may open it."""
        with suppress(Exception):
            DuckDBConnectionManager.close_all_connections()

    def _failure(self, failed: Sequence[NodeRun], runs: Sequence[NodeRun]) -> CheckFailed:
        first = failed[0]
        skipped = sum(r.status == "skipped" for r in runs)
        others = f" {len(failed) - 1} more failed: {', '.join(r.name for r in failed[1:6])}." if len(failed) > 1 else ""
        after = f" {skipped} nodes that follow were not run." if skipped else ""
        return CheckFailed(
            f"The {first.kind} {first.name} ({first.path}) failed: {first.message}.{others}{after}",
            f"Mend it and run `tapflow build --select {first.name}`; dbt's own words are in {self.log}.",
        )


def _write_profile(folder: Path, database: str, settings: Mapping[str, object]) -> None:
    output = {"type": "duckdb", "path": database, "schema": "main", **settings}
    written = yaml.safe_dump({"tapflow": {"target": "local", "outputs": {"local": output}}}, sort_keys=False)
    path = folder / "profiles.yml"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != written:
        path.write_text(written, encoding="utf-8")


def _share(written: Path, shared: Path) -> None:
    """Put what was parsed where every home finds it, whole or not at all; a project that is read-only has it not."""
    scratch = shared.with_name(f"{uuid.uuid4().hex}.part")
    try:
        shared.parent.mkdir(exist_ok=True)
        shutil.move(written, scratch)
        scratch.replace(shared)
    except OSError:
        with suppress(OSError):
            scratch.unlink()


def _said(outcome: dbtRunnerResult) -> str:
    return " ".join(str(outcome.exception or "see the log").split())


def _node_run(result: Any) -> NodeRun:
    node = result.node
    message = " ".join(str(result.message or "").split()).rstrip(".")
    return NodeRun(
        name=node.name,
        kind=str(node.resource_type),
        status=str(result.status),
        seconds=float(result.execution_time),
        message=message,
        path=node.original_file_path,
    )


def _watch(progress: Progress) -> Callable[[Any], None]:
    """dbt's events, boiled down to how far it is."""
    state = {"done": 0, "total": 0}

    def hear(event: Any) -> None:
        if event.info.name == "ConcurrencyLine":
            state["total"] = event.data.node_count
        elif event.info.name == "NodeFinished":
            state["done"] += 1
            progress(state["done"], max(state["total"], state["done"]), event.data.node_info.node_name)

    return hear
