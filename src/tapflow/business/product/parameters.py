"""The scenario's section `product`: how people use what we build."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from tapflow.business.scenario.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Week = tuple[Positive, Positive, Positive, Positive, Positive, Positive, Positive]
Hours = Annotated[tuple[NotNegative, ...], Field(min_length=24, max_length=24)]
MOST_FEATURES = 30  # their bits share a 64-bit mask, and event codes stay small


class Activity(Strict):
    """Who opens the product on a day; rows of four are owner, manager, bartender, analyst."""

    daily_chance: tuple[Share, Share, Share, Share]
    weekday: tuple[Week, Week, Week, Week]
    hours: tuple[Hours, Hours, Hours, Hours]
    status: tuple[NotNegative, NotNegative, NotNegative, NotNegative, NotNegative, NotNegative]
    no_account: NotNegative
    engagement_power: float
    most: Share
    new_factor: Positive
    new_fade_days: Positive
    quit_share: Share
    quit_days_mean: Positive
    quit_days_most: int
    quit_factor: Share
    interest_half_life_days: Positive
    interest_sigma: NotNegative
    intervention_lift: float
    breadth_lift: float
    frustration_drop: NotNegative
    frustration_fade: Share


class Sessions(Strict):
    """What a session looks like."""

    more_mean: NotNegative
    events_mean: tuple[Positive, Positive, Positive, Positive]
    events_most: Annotated[int, Field(ge=1, le=60)]
    gap_median_seconds: Positive
    gap_sigma: NotNegative
    gap_most_seconds: Annotated[int, Field(ge=1, lt=1800)]


class Platforms(Strict):
    """Web and mobile."""

    mobile_share: tuple[Share, Share, Share, Share]
    update_days: Annotated[int, Field(ge=1)]


class Tracking(Strict):
    """What the trackers lose, blur and double (mess)."""

    blocked_share: Share
    anonymous_start: Share
    duplicates: Share
    late_share: Share
    late_days_most: Annotated[int, Field(ge=1, le=10)]  # the warehouse makes no more than ten days again


class Feature(Strict):
    """A feature of the product; its place in the list is its number for ever."""

    key: str
    name: str
    event: str
    launch_day: int | None  # planned; the release that carries it decides
    ceiling: tuple[Share, Share, Share, Share]
    use: tuple[NotNegative, NotNegative, NotNegative, NotNegative]
    innovation: Share
    imitation: Share
    abandon: Share


class Activation(Strict):
    """The activation set."""

    days: int
    connect_chance: Share
    dashboard: str
    report: str


class Experiment(Strict):
    """Two variants behind a flag, a goal event, and the truth about them."""

    key: str
    name: str
    goal: str
    begin_day: int
    days: int
    rollout: Share
    control_rate: Share
    treatment_rate: Share
    window_days: int
    delay_days: Positive


class Habits(Strict):
    """What the starting population's people do already."""

    given_up: NotNegative  # share below a feature's ceiling, for each unit of its chance to be given up
    last_used_days_mean: Positive  # since a feature was last used, exponential


class Errors(Strict):
    """What fails in the app."""

    rate: Share


class Nps(Strict):
    """The question in the app: would you recommend us?"""

    quiet_days: int
    ask_chance: Share
    answer_share: Share
    mean: float
    sigma: NotNegative
    quality: float
    breadth: float
    frustration: float
    offline: float


class ProductParameters(Strict):
    """Section `product`."""

    activity: Activity
    sessions: Sessions
    platforms: Platforms
    tracking: Tracking
    features: tuple[Feature, ...]
    activation: Activation
    experiments: tuple[Experiment, ...]
    habits: Habits
    errors: Errors
    nps: Nps

    @model_validator(mode="after")
    def _names_agree(self) -> ProductParameters:
        keys = [f.key for f in self.features]
        if len(set(keys)) != len(keys) or len(keys) > MOST_FEATURES:
            raise ValueError(f"features need distinct keys, {MOST_FEATURES} at most")
        for key in (self.activation.dashboard, self.activation.report):
            if key not in keys:
                raise ValueError(f"activation names no feature: {key}")
        if len({e.key for e in self.experiments}) != len(self.experiments):
            raise ValueError("experiments need distinct keys")
        return self

    def feature_row(self, key: str) -> int:
        """The number of a feature by its key."""
        return [f.key for f in self.features].index(key)
