"""dbt, run inside this process and kept warm: importing it takes seconds, parsing the project some more."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from tapflow.core.errors import CheckFailed, SurroundingsFailed
from tapflow.warehouse.engine import Limits
from tapflow.warehouse.progress import Progress, silent
from tapflow.warehouse.project import project_digest

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

    dbt's own words go to `<folder>/logs/dbt.log`; its partial parse is kept in `<folder>/target`.
    """

    def __init__(self, project: Path, folder: Path, database: Path, limits: Limits) -> None:
        self.project, self.folder, self.database = project, folder, database
        self._manifest: Manifest | None = None
        self._digest = ""
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("DO_NOT_TRACK", "1")
        os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        self._write_profile(limits)

    def _write_profile(self, limits: Limits) -> None:
        output = {
            "type": "duckdb",
            "path": str(self.database),
            "schema": "main",
            "threads": limits.threads,
            "settings": limits.settings(),
        }
        profile = {"tapflow": {"target": "local", "outputs": {"local": output}}}
        written = yaml.safe_dump(profile, sort_keys=False)
        path = self.folder / "profiles.yml"
        if not path.exists() or path.read_text(encoding="utf-8") != written:
            path.write_text(written, encoding="utf-8")

    @property
    def log(self) -> Path:
        """Where dbt's own words go."""
        return self.folder / "logs" / "dbt.log"

    def manifest(self) -> Manifest:
        """The parsed project; parsed again only when one of its files changed."""
        digest = project_digest(self.project)
        if self._manifest is None or digest != self._digest:
            outcome = self._invoke(["parse"], None, [])
            if not outcome.success or not isinstance(outcome.result, Manifest):
                raise CheckFailed(f"The dbt project cannot be read: {_said(outcome)}", "Mend the file that it names.")
            self._manifest, self._digest = outcome.result, digest
        return self._manifest

    def run(self, arguments: Sequence[str], progress: Progress = silent, tolerant: bool = False) -> list[NodeRun]:
        """Run a dbt command ("build", "--select", …) over the parsed project.

        Raises CheckFailed that names the models and tests that failed, and where to read more;
        `tolerant` leaves the judgement to the caller.
        """
        manifest = self.manifest()
        outcome = self._invoke(arguments, manifest, [_watch(progress)])
        runs = [_node_run(r) for r in getattr(outcome.result, "results", None) or []]
        failed = [r for r in runs if r.status in _FAILED]
        if tolerant and runs:
            return runs
        if failed:
            raise self._failure(failed, runs)
        if not outcome.success:
            raise CheckFailed(f"The build stopped: {_said(outcome)}", f"Read {self.log}.")
        return runs

    def _invoke(self, arguments: Sequence[str], manifest: Manifest | None, callbacks: list[Any]) -> dbtRunnerResult:
        common = [
            *("--project-dir", str(self.project), "--profiles-dir", str(self.folder)),
            *("--target-path", str(self.folder / "target"), "--log-path", str(self.log.parent)),
            *("--log-level", "none", "--log-level-file", "info", "--no-use-colors-file", "--no-version-check"),
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
