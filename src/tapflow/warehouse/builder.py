"""Building the warehouse: raw views registered, dbt run and tested, the outcome published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tapflow.core.clock import stopwatch
from tapflow.core.errors import AskedWrongly
from tapflow.lake import Lake
from tapflow.warehouse import publish as publishing
from tapflow.warehouse.archive import bring_back, no_longer_growing, open_archive, show_archives
from tapflow.warehouse.engine import Connection, Limits, opened
from tapflow.warehouse.models import (
    STREAM_TAG,
    growing_models,
    published_models,
    raw_tables,
    sealed_models,
    stream_sources,
)
from tapflow.warehouse.progress import Progress, silent
from tapflow.warehouse.project import project_digest, project_dir
from tapflow.warehouse.raw import Clock, Planned, register
from tapflow.warehouse.runner import Dbt, NodeRun
from tapflow.warehouse.touched import open_notes, touched
from tapflow.warehouse.version import Version, Versions

RAW = "raw"
_STANDING = (
    # What a state of the project settles once, whatever the data: unit tests, seeds, and staging. Its views stand,
    # and the keys that they are tested for follow from how they are written.
    *("--exclude", "resource_type:unit_test", "resource_type:seed", "path:models/staging"),
    # A test of something else that reads one of these, too, is run.
    *("--indirect-selection", "cautious"),
)


@dataclass(frozen=True)
class Built:
    """What a build did. `version` is None when only a part was built: then nothing was published."""

    runs: tuple[NodeRun, ...]
    version: Version | None
    dbt_seconds: float
    publish_seconds: float

    @property
    def models(self) -> int:
        """How many models were built."""
        return sum(r.kind == "model" for r in self.runs)

    @property
    def tests(self) -> int:
        """How many tests passed."""
        return sum(r.kind in ("test", "unit_test") and r.status in ("pass", "success") for r in self.runs)


class Warehouse:
    """The warehouse of a home: dbt's working file, which this process alone may write, and the published versions.

    Keep one for several builds: dbt stays imported and the project parsed.
    """

    def __init__(self, home: Path, limits: Limits | None = None, project: Path | None = None) -> None:
        self.folder = Path(home).absolute() / "warehouse"
        self.limits = limits or Limits()
        self.project = project or project_dir()
        self.work = self.folder / "work.duckdb"
        self.versions = Versions(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.dbt = Dbt(self.project, self.folder / "dbt", self.work, self.limits)

    def build(
        self,
        lake: Lake,
        clock: Clock,
        select: Sequence[str] = (),
        full_refresh: bool = False,
        progress: Progress = silent,
        publish_progress: Progress = silent,
    ) -> Built:
        """Build and test everything, then publish; with `select`, build and test only that, and publish nothing.

        Raises CheckFailed naming the model or test that failed; what readers see then stays as it was.
        """
        begun = stopwatch()
        state = self._state()
        self._register(lake, clock, None, state, anew=full_refresh)
        chosen = [part for pattern in select for part in ("--select", pattern)]
        fresh = ["--full-refresh"] if full_refresh else []
        tried = list(_STANDING) if not select and not full_refresh and self._stands() else []
        runs = self.dbt.run(["build", *chosen, *fresh, *tried], progress)
        if select and not runs:
            raise AskedWrongly(f"Nothing in the dbt project matches {' '.join(select)}.", "Name a model, or a path.")
        ran = stopwatch()
        version = None if select else self.publish(lake, clock, publish_progress, state=state)
        return Built(tuple(runs), version, ran - begun, stopwatch() - ran)

    def _stands(self) -> bool:
        """Whether this state of the project, on this engine, was built and published from this working file."""
        with opened(self.work, self.limits) as connection:
            # Notes of another state are gone by now.
            return self.versions.current_id() is not None and bool(touched(connection))

    def build_streams(self, lake: Lake, clock: Clock, progress: Progress = silent) -> list[NodeRun]:
        """Bring the incremental models of the big streams up to date: all that is built between history's slices."""
        sources = stream_sources(self.dbt.manifest())
        if not sources:
            return []
        self._register(lake, clock, sources, self._state())
        # Seeds are built with them: definitions that a first slice needs already.
        without = ["--exclude", "resource_type:test", "resource_type:unit_test"]
        return self.dbt.run(["build", "--select", f"+tag:{STREAM_TAG}", *without], progress)

    def publish_old(self, lake: Lake, clock: Clock) -> None:
        """Let old partitions of what was built leave the working file for the lake. Readers see nothing of it."""
        manifest = self.dbt.manifest()
        how = self._publishing(clock, growing_models(manifest))
        publishing.publish_old(lake, self.work, published_models(manifest), self.versions, how)

    def freshness(self, lake: Lake, clock: Clock) -> list[NodeRun]:
        """How fresh every source is by the simulated clock: pass, warn, error, or runtime error if empty."""
        self._register(lake, clock, None, self._state())
        return self.dbt.run(["source", "freshness"], tolerant=True)

    def publish(
        self,
        lake: Lake,
        clock: Clock,
        progress: Progress = silent,
        hook: publishing.Hook = publishing.silent,
        state: str | None = None,
    ) -> Version:
        """Publish what is built now. See `tapflow.warehouse.publish`.

        `state`: the project's when it was built, by default as it is. Of another one nothing is noted
        as settled: its files may have been edited while it was built.
        """
        manifest = self.dbt.manifest()
        growing = growing_models(manifest) if state in (None, self._state()) else ()
        how = replace(
            self._publishing(clock, growing), hook=hook, progress=progress, definitions=self.dbt.definitions()
        )
        return publishing.publish(lake, self.work, published_models(manifest), self.versions, how)

    def _publishing(self, clock: Clock, growing: Sequence[str]) -> publishing.Publishing:
        return publishing.Publishing(
            clock=clock,
            project_digest=project_digest(self.project),
            limits=self.limits,
            state=self._state(),
            growing=growing,
        )

    def _state(self) -> str:
        """What notes of settled things hold for: the project's files, and the engine."""
        return f"{project_digest(self.project)} {publishing.ENGINE}"

    def _register(
        self, lake: Lake, clock: Clock, sources: Iterable[str] | None, state: str, anew: bool = False
    ) -> None:
        declared = raw_tables(self.dbt.manifest(), sources)
        held = set(lake.names(RAW))
        planned: dict[str, Planned] = {t: lake.scan(f"{RAW}.{t}") for t in declared if f"{RAW}.{t}" in held}
        with opened(self.work, self.limits) as connection:
            register(connection, declared, planned, clock)
            open_notes(connection, state, anew)
            self._open_archive(connection, lake, anew)

    def _open_archive(self, connection: Connection, lake: Lake, full_refresh: bool) -> None:
        manifest = self.dbt.manifest()
        growing = set(growing_models(manifest))
        anew = growing - sealed_models(manifest) if full_refresh else set()
        open_archive(connection)
        show_archives(connection, lake, self.versions, anew)
        by_column = {m.table: m.partition for m in published_models(manifest) if m.table in growing - anew}
        for relation in no_longer_growing(connection, by_column):
            # Made anew, or by a model that no longer adds to it: until then all of it must be there.
            bring_back(connection, relation)
