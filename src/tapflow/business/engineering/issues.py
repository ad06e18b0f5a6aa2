"""Issues: requests, stories, bugs, chores and incidents come in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER, AccountStatus
from tapflow.business.day import Day
from tapflow.business.engineering.state import APP_TEAM, Engineering, IssueKind, IssueStatus, RequestSource
from tapflow.business.product.state import Product

Rows = NDArray[np.int64]
OPEN = (IssueStatus.TO_DO, IssueStatus.IN_PROGRESS, IssueStatus.IN_REVIEW)


def is_working_day(day: Day) -> bool:
    """Monday to Friday."""
    return bool((day.number + 3) % 7 < 5)


def clock(day: Day, purpose: str, entity: int, begin_hour: float, end_hour: float) -> int:
    """An instant of the day between two hours."""
    hour = begin_hour + float(day.chance.uniform(purpose, entity)[0]) * (end_hour - begin_hour)
    return day.start_seconds + int(hour * 3600)


def create(company: Company, kind: IssueKind, team: int, at: int, *, topic: int = -1, priority: int = 2) -> int:
    """A new issue of a team; its size is drawn by its number."""
    memory, parameters = company.part(Engineering), company.scenario.engineering
    row = len(memory.issues)
    size = int(company.lasting().choice("engineering/points", row, parameters.points_weights)[0])
    project = parameters.teams[team].project
    memory.issues.append(
        1, kind=kind, status=IssueStatus.TO_DO, team=team, number=memory.numbers(project)[0], topic=topic,
        theme=memory.topics.theme[topic] if topic >= 0 else -1, points=parameters.points[size], priority=priority,
        engineer=-1, release=-1, account=-1, ticket=-1, created_at=at, started_at=-1, done_at=-1, updated_at=at,
    )  # fmt: skip
    return row


def settle(company: Company, rows: Rows | list[int], status: IssueStatus, at: int) -> None:
    """Give issues another status."""
    issues = company.part(Engineering).issues
    issues.status[rows] = status
    issues.updated_at[rows] = at
    if status == IssueStatus.IN_PROGRESS:
        issues.started_at[rows] = at
    if status in (IssueStatus.DONE, IssueStatus.WONT_DO):
        issues.done_at[rows] = at


def take_requests(company: Company, day: Day) -> None:
    """What customers ask for, in tickets and in account notes, becomes requests in the tracker."""
    tickets = day.fact("ticket_opened")
    if tickets is not None:
        wanted = tickets["category"] == company.scenario.engineering.requests.ticket_category
        accounts, numbers, at = (np.asarray(tickets[c])[wanted] for c in ("account", "ticket", "at"))
        _request(company, day, accounts, numbers, at, RequestSource.TICKET)
    rate = company.scenario.engineering.requests.notes_a_month / 30.4
    living = np.flatnonzero((company.accounts.status == AccountStatus.ACTIVE) & ~company.accounts.is_test)
    accounts = living[day.chance.happens("engineering/notes", living, rate)]
    hours = 9 + 9 * day.chance.uniform("engineering/notes_at", accounts)
    at = day.start_seconds + (hours * 3600).astype(np.int64)
    _request(company, day, accounts, np.full(len(accounts), -1), at, RequestSource.NOTE)


def _request(company: Company, day: Day, accounts: Rows, tickets: Rows, at: Rows, source: RequestSource) -> None:
    weights = theme_weights(company, day)
    if len(accounts) == 0 or weights.sum() <= 0:
        return
    memory, parameters = company.part(Engineering), company.scenario.engineering
    entity = tickets if source == RequestSource.TICKET else accounts
    theme = day.chance.choice(f"engineering/theme/{source.name}", entity, weights)
    team_rows = {team.key: row for row, team in enumerate(parameters.teams)}
    team = np.array([team_rows[t.team] for t in parameters.themes], dtype=np.int64)[theme]
    memory.issues.append(
        kind=IssueKind.REQUEST, status=IssueStatus.TO_DO, team=team, topic=-1, theme=theme, points=0, priority=3,
        number=list(memory.numbers(parameters.requests_project, len(accounts))), engineer=-1, release=-1,
        account=accounts, ticket=tickets, source=source, created_at=at, started_at=-1, done_at=-1, updated_at=at,
    )  # fmt: skip


def theme_weights(company: Company, day: Day) -> NDArray[np.float64]:
    """How much each theme is asked for today: nothing for what exists already or was just shipped."""
    memory, parameters = company.part(Engineering), company.scenario.engineering
    weights = np.array([theme.weight for theme in parameters.themes], dtype=np.float64)
    launched = company.part(Product).features.launched_day
    for row, theme in enumerate(parameters.themes):
        if theme.feature is not None and launched[company.scenario.product.feature_row(theme.feature)] != NEVER:
            weights[row] = 0.0
    recent = memory.topics.shipped_day >= day.number - parameters.requests.rest_days
    weights[memory.topics.theme[recent & (memory.topics.shipped_day != NEVER)]] = 0.0
    return weights


def report_bugs(company: Company, day: Day) -> None:
    """Bugs come in on working days, more of them while a bad release is out."""
    memory, parameters = company.part(Engineering), company.scenario.engineering
    row = memory.newest_release(APP_TEAM, day.number)
    excess = float(memory.releases.error_factor[row]) - 1.0 if row >= 0 else 0.0
    for team, chance in enumerate(parameters.bug_chance):
        rate = chance + (parameters.bugs_an_error_factor * excess if team == APP_TEAM else 0.0)
        if not is_working_day(day):
            continue
        for n in range(int(day.chance.poisson("engineering/bugs", team, rate)[0])):
            at = clock(day, "engineering/bug_at", 100 * team + n, *parameters.working_day.bug)
            create(company, IssueKind.BUG, team, at, priority=1)


def plan_topics(company: Company, day: Day) -> None:
    """Begin what is due for launch soon, and else what is asked for most."""
    memory, parameters = company.part(Engineering), company.scenario.engineering
    product = company.scenario.product
    for row, theme in enumerate(parameters.themes):
        if theme.feature is None:
            continue
        planned = product.features[product.feature_row(theme.feature)].launch_day
        due = company.first_day + (planned or 0)
        if day.number >= due - parameters.feature_lead_days and not (memory.topics.theme == row).any():
            _begin(company, day, row, due)
    in_flight = int(((memory.topics.shipped_day == NEVER) & (memory.topics.due_day == NEVER)).sum())
    if in_flight >= parameters.topics_in_flight or not is_working_day(day):
        return
    issues = memory.issues
    asked = (issues.kind == IssueKind.REQUEST) & np.isin(issues.status, OPEN)
    demand = np.bincount(issues.theme[asked], minlength=len(parameters.themes)).astype(np.float64)
    demand *= [theme.feature is None for theme in parameters.themes]
    demand[memory.topics.theme[memory.topics.shipped_day == NEVER]] = 0.0
    if demand.max() > 0:
        _begin(company, day, int(demand.argmax()), NEVER)


def _begin(company: Company, day: Day, theme: int, due: int) -> None:
    memory, parameters = company.part(Engineering), company.scenario.engineering
    few, many = parameters.stories
    stories = int(day.chance.integers("engineering/stories", theme, few, many + 1)[0])
    topic = int(
        memory.topics.append(
            1, theme=theme, due_day=due, started_day=day.number, shipped_day=NEVER, stories_left=stories
        )[0]
    )
    team = [t.key for t in parameters.teams].index(parameters.themes[theme].team)
    for n in range(stories):
        at = clock(day, "engineering/story_at", 100 * theme + n, *parameters.working_day.story)
        create(company, IssueKind.STORY, team, at, topic=topic)
