"""The working day: issues are taken up, code is written, reviewed and merged."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.engineering.issues import clock, create, settle
from tapflow.business.engineering.state import Engineering, IssueKind, IssueStatus, PipelineKind, PullState


def found_engineers(company: Company) -> None:
    """The people of the teams, none of them busy yet."""
    memory = company.part(Engineering)
    for row, team in enumerate(company.scenario.engineering.teams):
        memory.engineers.append(team.engineers, team=row, issue=-1, days_left=0.0)


def work(company: Company, day: Day) -> None:
    """Every engineer takes up an issue or goes on with one; what is finished goes to review."""
    engineers, parameters = company.part(Engineering).engineers, company.scenario.engineering
    pace = day.chance.lognormal("engineering/pace", engineers.rows, 1.0, parameters.pace_sigma)
    for row in range(len(engineers)):
        if engineers.issue[row] < 0:
            _take_up(company, day, row)
        if engineers.issue[row] < 0:
            continue
        engineers.days_left[row] -= pace[row]
        if engineers.days_left[row] <= 0:
            pushed = clock(day, "engineering/push", row, *parameters.working_day.push)
            open_pull(company, day, int(engineers.issue[row]), row, pushed)
            engineers.issue[row] = -1


def _take_up(company: Company, day: Day, engineer: int) -> None:
    memory, parameters = company.part(Engineering), company.scenario.engineering
    issues, team = memory.issues, int(memory.engineers.team[engineer])
    at = clock(day, "engineering/take_up", engineer, *parameters.working_day.take_up)
    waiting = (issues.status == IssueStatus.TO_DO) & (issues.team == team) & (issues.kind != IssueKind.REQUEST)
    rows = np.flatnonzero(waiting & (issues.created_at < at))
    if len(rows):
        # What is due comes first, then bugs, then what waits longest.
        planned = np.append(memory.topics.due_day >= 0, False)  # no topic is number -1: the last of these
        due = planned[issues.topic[rows]]
        issue = int(rows[np.lexsort((rows, issues.priority[rows], ~due))[0]])
    elif parameters.chores:
        issue = create(company, IssueKind.CHORE, team, at - 300)
    else:
        return
    settle(company, [issue], IssueStatus.IN_PROGRESS, at)
    issues = memory.issues
    issues.engineer[issue] = engineer
    effort = company.lasting().lognormal("engineering/effort", issue, parameters.days_a_point, parameters.days_sigma)
    memory.engineers.issue[engineer] = issue
    memory.engineers.days_left[engineer] = float(effort[0]) * float(issues.points[issue])


def open_pull(company: Company, day: Day, issue: int, engineer: int, at: int) -> int:
    """The work on an issue goes to review."""
    memory = company.part(Engineering)
    row, lasting = len(memory.pulls), company.lasting()
    team, points = int(memory.issues.team[issue]), int(memory.issues.points[issue])
    changes = company.scenario.engineering.changes
    usual = changes.lines_a_point * max(points, 1)
    lines = int(lasting.lognormal("engineering/lines", row, usual, changes.lines_sigma)[0]) + 1
    removed = int(lines * changes.removed * lasting.uniform("engineering/removed", row)[0])
    repository = company.scenario.engineering.teams[team].repository
    memory.pulls.append(
        1, team=team, number=memory.numbers(f"{repository}/pulls")[0], issue=issue, engineer=engineer,
        state=PullState.OPEN, first_commit_at=memory.issues.started_at[issue] + 1800, opened_at=at, merged_at=-1,
        closed_at=-1, updated_at=at, additions=lines, deletions=removed, files=1 + lines // 60,
        commits=1 + points, release=-1,
    )  # fmt: skip
    settle(company, [issue], IssueStatus.IN_REVIEW, at)
    run_pipeline(company, day, PipelineKind.BRANCH, team, at + 20, pull=row)
    return row


def run_pipeline(
    company: Company, day: Day, kind: PipelineKind, team: int, at: int, *, pull: int = -1, release: int = -1
) -> None:
    """A CI run, which may fail; a failed one is run again until it succeeds, by the day's end at the latest."""
    memory, parameters = company.part(Engineering), company.scenario.engineering
    repository = parameters.teams[team].repository
    success = parameters.pipeline_success if kind == PipelineKind.BRANCH else parameters.main_success
    for _ in range(4):
        row = len(memory.pipelines)
        lasting = company.lasting()
        usual = parameters.pipeline_minutes[repository]
        minutes = float(lasting.lognormal("engineering/ci", row, usual, parameters.pipeline_sigma)[0])
        stopped = at + int(60 * minutes)
        if stopped >= day.end_seconds:
            return
        ok = kind == PipelineKind.RELEASE or bool(lasting.happens("engineering/ci_ok", row, success)[0])
        memory.pipelines.append(
            1, team=team, number=memory.numbers(f"{repository}/pipelines")[0], kind=kind, pull=pull,
            release=release, created_at=at, stopped_at=stopped, ok=ok,
        )  # fmt: skip
        if ok:
            return
        at = stopped + 900


def review(company: Company, day: Day) -> None:
    """Pull requests of earlier days are merged, left for tomorrow, or closed."""
    memory, parameters = company.part(Engineering), company.scenario.engineering
    pulls = memory.pulls
    waiting = np.flatnonzero((pulls.state == PullState.OPEN) & (pulls.opened_at < day.start_seconds))
    merged = day.chance.happens("engineering/merge", waiting, parameters.merge_chance)
    closed = day.chance.happens("engineering/reject", waiting, parameters.reject_chance)
    for row, good, bad in zip(waiting.tolist(), merged, closed, strict=True):
        at = clock(day, "engineering/merge_at", row, *parameters.working_day.merge)
        if good:
            merge(company, day, row, at)
        elif bad:
            pulls.state[row], pulls.closed_at[row], pulls.updated_at[row] = PullState.CLOSED, at, at
            _finish(company, int(pulls.issue[row]), IssueStatus.WONT_DO, at)


def merge(company: Company, day: Day, row: int, at: int) -> None:
    """A pull request is merged and its issue done."""
    memory = company.part(Engineering)
    pulls = memory.pulls
    pulls.state[row], pulls.merged_at[row], pulls.closed_at[row], pulls.updated_at[row] = PullState.MERGED, at, at, at
    _finish(company, int(pulls.issue[row]), IssueStatus.DONE, at)
    run_pipeline(company, day, PipelineKind.MAIN, int(pulls.team[row]), at + 20, pull=row)


def _finish(company: Company, issue: int, status: IssueStatus, at: int) -> None:
    memory = company.part(Engineering)
    settle(company, [issue], status, at)
    topic = int(memory.issues.topic[issue])
    if topic >= 0:
        memory.topics.stories_left[topic] -= 1
