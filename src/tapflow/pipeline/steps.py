"""The steps of a day, each shown on the screen and noted in the run's record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tapflow.core import units
from tapflow.core.errors import AskedWrongly
from tapflow.core.settings import read_settings
from tapflow.lake import Lake
from tapflow.pipeline.limits import engine_limits
from tapflow.pipeline.opening import Opened
from tapflow.pipeline.runs import RunRecord
from tapflow.pipeline.screen import Advance, Screen
from tapflow.pipeline.simulate import simulate
from tapflow.warehouse.raw import Clock

if TYPE_CHECKING:
    from tapflow.warehouse.builder import Built, Warehouse


class Steps:
    """Runs steps for one company; the home is held by the caller, the lake and the warehouse by this."""

    def __init__(self, company: Opened, screen: Screen, run: RunRecord, workers: int) -> None:
        self.company, self.screen, self.run, self.workers = company, screen, run, workers
        self._stack = ExitStack()

    def __enter__(self) -> Self:
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

        return Warehouse(self.company.home.root, engine_limits(self.workers))

    @property
    def clock(self) -> Clock:
        """The simulated days so far. Raises AskedWrongly when there is none."""
        last = self.company.home.last_day()
        if last is None:
            raise AskedWrongly("No day has been simulated yet.", "Begin with: tapflow up")
        return Clock(self.company.pin.first_date, last)

    def simulate(self, until: date) -> int:
        """Simulate the days that are missing up to `until`. Answers the rows that the systems wrote."""
        home = self.company.home
        last = home.last_day()
        missing = max(0, (until - (last or self.company.pin.first_date)).days + (0 if last else 1))
        if not missing:
            return 0
        with self.run.step("simulate") as step, self.screen.step("simulate", missing, "days") as bar:

            def on_day(day: date, rows: int) -> None:
                step.rows += rows
                bar.remark(day.isoformat())
                bar.advance()

            simulate(home, until, self.workers, on_day)
            bar.remark(f"{units.count(missing)} days, {units.count(step.rows)} rows")
        return step.rows

    def build(self, select: Sequence[str] = (), full_refresh: bool = False) -> Built:
        """Build, test and publish the warehouse; with `select` only build and test that."""
        with self.run.step("build") as step, self.screen.step("build", None, "nodes") as bar:
            bar.remark("reading the project")
            built = self.warehouse.build(
                self.lake, self.clock, select, full_refresh, counted(bar), counted(bar, "publishing ")
            )
            step.rows = sum(t.rows for t in built.version.tables.values()) if built.version else 0
            shown = f"{built.models} models, {built.tests} tests"
            step.note = f"{shown}, {built.version.id}" if built.version else shown
            bar.remark(step.note)
        return built


def counted(bar: Advance, prefix: str = "") -> Callable[[int, int, str], None]:
    """A progress function of (done, total, name) that moves a bar."""
    state = {"done": 0}

    def hear(done: int, total: int, name: str) -> None:
        bar.expect(total)
        bar.advance(done - state["done"])
        state["done"] = done
        bar.remark(prefix + name)

    return hear
