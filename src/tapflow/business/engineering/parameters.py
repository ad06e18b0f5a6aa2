"""The scenario's section `engineering`: who builds what, and how releases go."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from tapflow.business.scenario.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class Team(Strict):
    """A team with its repository and the service it releases."""

    key: str
    name: str
    project: str
    repository: str
    engineers: Annotated[int, Field(ge=1)]
    release_chance: Share
    service: str


Hours = tuple[float, float]  # of the UTC day, from and to


class WorkingDay(Strict):
    """Between which hours of the UTC day things happen."""

    take_up: Hours  # an issue is taken up
    push: Hours  # work goes to review
    merge: Hours  # a reviewed change is merged or closed
    release: Hours
    bug: Hours  # somebody reports a bug
    story: Hours  # a story is written
    incident: Hours  # a bad release is found out
    fix_begin: Hours  # a bad release's fix, the day it is due
    fix_open: Hours
    fix_merge: Hours
    fix_release: Hours


class Changes(Strict):
    """How large changes are."""

    lines_a_point: Positive  # lines added for each story point, median
    lines_sigma: Positive  # of the logarithm
    removed: Share  # lines removed against added, at most


class Requests(Strict):
    """Where feature requests come from."""

    ticket_category: str
    notes_a_month: NotNegative
    rest_days: int


class Theme(Strict):
    """Something customers ask for."""

    key: str
    name: str
    team: str
    weight: Positive
    feature: str | None
    improves: str | None


class EngineeringParameters(Strict):
    """Section `engineering`."""

    teams: tuple[Team, ...]
    requests_project: str
    points: tuple[int, ...]
    points_weights: tuple[Positive, ...]
    days_a_point: Positive
    days_sigma: NotNegative
    pace_sigma: Positive
    working_day: WorkingDay
    changes: Changes
    merge_chance: Share
    reject_chance: Share
    pipeline_success: Share
    main_success: Share
    pipeline_minutes: dict[str, Positive]
    pipeline_sigma: Positive
    bug_chance: tuple[NotNegative, ...]
    bugs_an_error_factor: NotNegative
    chores: bool
    topics_in_flight: int
    stories: tuple[int, int]
    feature_lead_days: int
    bad_release: Share
    bad_factor: tuple[Positive, Positive]
    fix_days_mean: NotNegative
    improvement_lift: NotNegative
    improvement_half_life_days: Positive
    requests: Requests
    themes: tuple[Theme, ...]

    @model_validator(mode="after")
    def _names_agree(self) -> EngineeringParameters:
        teams = {team.key for team in self.teams}
        unknown = {theme.team for theme in self.themes} - teams
        if unknown:
            raise ValueError(f"themes name unknown teams: {', '.join(sorted(unknown))}")
        if len(self.bug_chance) != len(self.teams) or len(self.points) != len(self.points_weights):
            raise ValueError("bug_chance needs a value a team, points_weights a value a size")
        missing = {team.repository for team in self.teams} - set(self.pipeline_minutes)
        if missing:
            raise ValueError(f"pipeline_minutes lacks {', '.join(sorted(missing))}")
        return self
