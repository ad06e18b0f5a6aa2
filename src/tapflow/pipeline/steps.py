"""The steps of a day, each shown on the screen and noted in the run's record."""

from __future__ import annotations

from datetime import date

from tapflow.pipeline.opening import Opened
from tapflow.pipeline.runs import RunRecord
from tapflow.pipeline.screen import Screen
from tapflow.pipeline.simulate import simulate


class Steps:
    """Runs steps for one company; the home is held by the caller."""

    def __init__(self, company: Opened, screen: Screen, run: RunRecord, workers: int) -> None:
        self.company, self.screen, self.run, self.workers = company, screen, run, workers

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
            bar.remark(f"{missing} days, {step.rows:,} rows")
        return step.rows
