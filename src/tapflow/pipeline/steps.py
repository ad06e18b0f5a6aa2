"""The steps of a day, each shown on the screen and noted in the run's record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tapflow.core import units
from tapflow.core.errors import AskedWrongly
from tapflow.core.settings import read_settings
from tapflow.ingest import IngestReport, expire_raw, ingest_days
from tapflow.lake import Lake
from tapflow.pipeline.freshness import already_built, inputs, note
from tapflow.pipeline.limits import engine_limits
from tapflow.pipeline.opening import Opened
from tapflow.pipeline.runs import RunRecord, StepRecord
from tapflow.pipeline.screen import Meter, Screen
from tapflow.pipeline.simulate import simulate
from tapflow.quality.verification import Verification, Wanted, chosen, verify_home
from tapflow.warehouse.engine import Limits
from tapflow.warehouse.raw import Clock
from tapflow.warehouse.version import Version

if TYPE_CHECKING:
    from tapflow.warehouse.builder import Built, Warehouse


class Steps:
    """Runs steps for one company; the home is held by the caller, the lake and the warehouse by this."""

    def __init__(self, company: Opened, screen: Screen, run: RunRecord, workers: int) -> None:
        self.company, self.screen, self.run, self.workers = company, screen, run, workers
        self._stack = ExitStack()
        self.board = screen.board()

    def __enter__(self) -> Self:
        self._stack.enter_context(self.board)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @cached_property
    def lake(self) -> Lake:
        """The home's lake, open until the steps are over."""
        return self._stack.enter_context(Lake(self.company.home.root, read_settings().catalog or None))

    @cached_property
    def warehouse(self) -> Warehouse:
        """The home's warehouse; dbt stays warm between builds."""
        # dbt takes seconds to import: not before it is needed, and never for a command that is refused.
        from tapflow.warehouse.builder import Warehouse

        return Warehouse(self.company.home.root, self.limits)

    @property
    def limits(self) -> Limits:
        """What the warehouse's engine may use."""
        return engine_limits(self.workers, self.company.scenario.size.devices)

    @property
    def clock(self) -> Clock:
        """The simulated days so far. Raises AskedWrongly when there is none."""
        last = self.company.home.last_day()
        if last is None:
            raise AskedWrongly("No day has been simulated yet.", "Begin with: tapflow up")
        kept = self.company.scenario.size.raw_retention_days
        hours_from = max(last, self.company.until) - timedelta(days=kept - 1) if kept else None
        return Clock(self.company.pin.first_date, last, hours_from)

    def simulate(self, until: date) -> int:
        """Simulate the days that are missing up to `until`. Answers the rows that the systems wrote."""
        home = self.company.home
        missing = self.company.missing_days(until)
        if not missing:
            return 0
        with self._step("simulate", self.company.missing_days(self.company.until), "days") as (step, meter):
            before, rows = step.rows, 0

            def on_day(day: date, count: int) -> None:
                step.rows += count
                meter.advance()
                meter.remark(day.isoformat())

            simulate(home, until, self.workers, on_day)
            rows = step.rows - before
            meter.remark(f"{units.count(meter.done)} days, {units.count(step.rows)} rows")
        return rows

    def ingest(self, systems: Sequence[str] | None = None) -> IngestReport:
        """Load what raw tables lack of the closed days."""
        with self._step("ingest", None, "files") as (step, meter):
            report = ingest_days(self.company.home.root, self.lake, systems, None, meter.at, workers=self.workers)
            step.rows += report.rows
            kept = f", {units.count(report.quarantined)} kept in quarantine" if report.quarantined else ""
            meter.remark(f"{units.count(step.rows)} rows{kept}")
        return report

    def build(self, select: Sequence[str] = (), full_refresh: bool = False) -> Built:
        """Build, test and publish the warehouse; with `select` only build and test that."""
        with self._step("build", None, "nodes") as (step, meter):
            meter.remark("reading the project")
            made_of = inputs(self.lake, self.clock)
            hear, publishing = counted(meter), counted(meter, "publishing ")
            built = self.warehouse.build(self.lake, self.clock, select, full_refresh, hear, publishing)
            if built.version:
                note(self.company.home, built.version, made_of)
                step.rows = sum(t.rows for t in built.version.tables.values())
            shown = f"{built.models} models, {built.tests} tests passed"
            step.note = shown
            meter.remark(f"{shown}, {built.version.id}" if built.version else shown)
        return built

    def published(self) -> Version | None:
        """The current version, when a build would only make it again."""
        return already_built(self.company.home, inputs(self.lake, self.clock))

    def verify(self, wanted: Wanted | None = None) -> Verification:
        """Compare the published version with the ledger. Differences are in the answer, not raised."""
        wanted = wanted or Wanted()
        with self._step("verify", len(chosen(wanted)), "figures") as (step, meter):

            def follow(name: str) -> None:
                meter.advance()
                meter.remark(name)

            result = verify_home(self.company.home.root, self.limits, wanted, follow)
            step.rows = sum(o.compared for o in result.outcomes)
            telling = [o for o in result.outcomes if not o.empty]
            step.note = f"{sum(o.passed for o in telling)} of {len(telling)} checks agree"
            if result.empty:
                step.note += f", {len(result.empty)} figures with nothing to compare"
            meter.remark(step.note)
        return result

    def let_go(self, days: int, built: Version | None = None) -> None:
        """Let raw events older than `days` go, once the tables made of them are up to date.

        `built`: the version that was just made of them, which then stays what a build would make.
        """
        with self._step("let go", None, "") as (_, meter):
            if built is None:
                self.warehouse.build_streams(self.lake, self.clock, counted(meter))
                meter.remark("old partitions go to the lake")
                self.warehouse.publish_old(self.lake, self.clock)
            home = self.company.home
            kept = self.company.scenario.size.source_retention_days
            gone = expire_raw(home.root, self.lake, self.clock.last_day, days, kept)
            if gone.rows:
                files = f", {units.count(gone.source_files)} log files that the lake holds" if gone.source_files else ""
                meter.remark(f"{units.count(gone.rows)} events older than {days} days{files}")
                if built is not None:
                    note(home, built, inputs(self.lake, self.clock))

    @contextmanager
    def _step(self, name: str, total: float | None, unit: str) -> Iterator[tuple[StepRecord, Meter]]:
        with self.run.step(name) as record, self.board.step(name, total, unit) as meter:
            yield record, meter


def counted(meter: Meter, prefix: str = "") -> Callable[[int, int, str], None]:
    """A progress function of (done, total, name) that moves a meter, as a part of its own."""
    begun = False

    def hear(done: int, total: int, name: str) -> None:
        nonlocal begun
        if not begun:
            meter.part()
            begun = True
        meter.at(done, total)
        meter.remark(prefix + name)

    return hear
