"""Releases: what was merged goes out; some go wrong and are mended; features begin, requests are answered."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.engineering.issues import OPEN, clock, create, is_working_day, settle
from tapflow.business.engineering.state import (
    APP_TEAM,
    Engineering,
    IssueKind,
    IssueStatus,
    PipelineKind,
    PullState,
)
from tapflow.business.engineering.work import merge, open_pull, run_pipeline
from tapflow.business.product.state import Product


def found_releases(company: Company, day: Day) -> None:
    """Every service runs some version already."""
    for row in range(len(company.scenario.engineering.teams)):
        at = day.start_seconds - 86_400 * (2 + row)
        company.part(Engineering).releases.append(
            1, team=row, major=4 - row, minor=10, patch=0, deployed_at=at, day=day.number - 2 - row,
            bad=False, error_factor=1.0, fixes=-1, fix_day=NEVER, fixed_at=-1,
        )  # fmt: skip


def mend(company: Company, day: Day) -> None:
    """Bad releases whose fix is due get it: an urgent change, merged and released before noon."""
    memory = company.part(Engineering)
    releases, hours = memory.releases, company.scenario.engineering.working_day
    due = np.flatnonzero(releases.bad & (releases.fixed_at < 0) & (releases.fix_day <= day.number))
    for row in due.tolist():
        issues = memory.issues
        incident = int(np.flatnonzero((issues.kind == IssueKind.INCIDENT) & (issues.release == row))[0])
        engineer = int(memory.engineers.rows[memory.engineers.team == releases.team[row]][0])
        issues.engineer[incident] = engineer
        settle(company, [incident], IssueStatus.IN_PROGRESS, clock(day, "engineering/fix_begin", row, *hours.fix_begin))
        pull = open_pull(company, day, incident, engineer, clock(day, "engineering/fix_open", row, *hours.fix_open))
        merge(company, day, pull, clock(day, "engineering/fix_merge", row, *hours.fix_merge))
        at = clock(day, "engineering/fix_release", row, *hours.fix_release)
        deploy(company, day, int(releases.team[row]), at, fixes=row)
        memory.releases.fixed_at[row] = at
        releases = memory.releases


def release(company: Company, day: Day) -> None:
    """On working days each team may release what is merged; an incident forces a broken one of the app."""
    memory, parameters = company.part(Engineering), company.scenario.engineering
    index = day.number - company.first_day
    broken = [i for i in company.scenario.incidents.on(index, "broken_release") if i.first_day == index]
    for row, team in enumerate(parameters.teams):
        pulls = memory.pulls
        ready = (pulls.team == row) & (pulls.state == PullState.MERGED) & (pulls.release < 0)
        forced = broken[0] if broken and row == APP_TEAM else None
        goes = is_working_day(day) and ready.any()
        goes = goes and bool(day.chance.happens("engineering/release", row, team.release_chance)[0])
        if not (goes or forced):
            continue
        at = clock(day, "engineering/release_at", row, *parameters.working_day.release)
        if forced is not None:
            deploy(company, day, row, at, factor=forced.effect, fix_after=max(1, forced.last_day - forced.first_day))
        else:
            deploy(company, day, row, at)


def deploy(
    company: Company, day: Day, team: int, at: int, *, fixes: int = -1, factor: float = 0.0, fix_after: int = 0
) -> None:
    """A release goes out with all that is merged. `factor` above 0 makes it a bad one of that strength."""
    memory, parameters = company.part(Engineering), company.scenario.engineering
    row, last = len(memory.releases), int(np.flatnonzero(memory.releases.team == team)[-1])
    broken = memory.releases.bad & (memory.releases.fixed_at < 0) & (memory.releases.team == team)
    if (
        factor == 0.0
        and fixes < 0
        and not broken.any()
        and day.chance.happens("engineering/bad", row, parameters.bad_release)[0]
    ):
        low, high = parameters.bad_factor
        factor = low + (high - low) * float(day.chance.uniform("engineering/bad_factor", row)[0])
        fix_after = 1 + int(day.chance.exponential("engineering/fix_after", row, parameters.fix_days_mean)[0])
    # What goes out before the fix carries the fault on.
    carried = float(memory.releases.error_factor[last]) if fixes < 0 and broken.any() else 1.0
    step = (0, 1) if fixes >= 0 else (1, 0)
    minor, patch = int(memory.releases.minor[last]) + step[0], int(memory.releases.patch[last]) if step[1] else 0
    memory.releases.append(
        1, team=team, major=memory.releases.major[last], minor=minor, patch=patch + step[1], deployed_at=at,
        day=day.number, bad=factor > 0, error_factor=max(factor, carried), fixes=fixes,
        fix_day=day.number + fix_after if factor > 0 else NEVER, fixed_at=-1,
    )  # fmt: skip
    pulls = memory.pulls
    shipped = (pulls.team == team) & (pulls.state == PullState.MERGED) & (pulls.release < 0) & (pulls.merged_at <= at)
    pulls.release[shipped] = row
    run_pipeline(company, day, PipelineKind.RELEASE, team, at, release=row)
    if factor > 0:
        found_out = clock(day, "engineering/incident_at", row, *parameters.working_day.incident)
        incident = create(company, IssueKind.INCIDENT, team, found_out, priority=0)
        memory.issues.release[incident] = row
        # An incident waits for its urgent fix, not for somebody with time.
        memory.issues.status[incident] = IssueStatus.IN_PROGRESS
        memory.issues.started_at[incident] = found_out
    ship_topics(company, day, team, at)


def ship_topics(company: Company, day: Day, team: int, at: int) -> None:
    """What a release completes: features are launched, improvements are out, and whoever asked hears of it."""
    memory, parameters = company.part(Engineering), company.scenario.engineering
    features, product = company.part(Product).features, company.scenario.product
    for topic in np.flatnonzero(memory.topics.shipped_day == NEVER).tolist():
        theme_row, due = int(memory.topics.theme[topic]), int(memory.topics.due_day[topic])
        theme = parameters.themes[theme_row]
        finished = memory.topics.stories_left[topic] <= 0 if due == NEVER else day.number >= due
        if parameters.teams[team].key != theme.team or not finished:
            continue
        memory.topics.shipped_day[topic] = day.number
        if theme.feature is not None:
            features.launched_day[product.feature_row(theme.feature)] = day.number
        if theme.improves is not None:
            features.improved_day[product.feature_row(theme.improves)] = day.number
        issues = memory.issues
        asked = (issues.kind == IssueKind.REQUEST) & (issues.theme == theme_row) & np.isin(issues.status, OPEN)
        asked &= issues.created_at <= at
        settle(company, np.flatnonzero(asked), IssueStatus.DONE, at)
