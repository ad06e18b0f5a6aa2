"""The catalogue of in-app events: a small whole number stands for each."""

from __future__ import annotations

from dataclasses import dataclass

from tapflow.business.product.parameters import ProductParameters

DEVICE_CONNECTED = "device_connected"
EXCEPTION = "$exception"
IDENTIFY = "$identify"
SURVEY = "survey sent"
FLAG_CALLED = "$feature_flag_called"
TRIAL_ACTIVATED = "trial_activated"
PLAN_UPGRADED = "plan_upgraded"
_FIXED = (DEVICE_CONNECTED, EXCEPTION, IDENTIFY, SURVEY, TRIAL_ACTIVATED, PLAN_UPGRADED)


@dataclass(frozen=True)
class EventCodes:
    """Numbers of the events: features first, then the fixed ones, exposures, and goals of experiments."""

    features: int
    experiments: int

    @staticmethod
    def of(parameters: ProductParameters) -> EventCodes:
        """The codes of a scenario."""
        return EventCodes(len(parameters.features), len(parameters.experiments))

    @property
    def device_connected(self) -> int:
        """The person saw a device of the account connected."""
        return self.features

    @property
    def exception(self) -> int:
        """An error; its detail is the feature that failed."""
        return self.features + 1

    @property
    def identify(self) -> int:
        """Signing in: an anonymous id is a known person."""
        return self.features + 2

    @property
    def survey(self) -> int:
        """An answer to the NPS survey; its detail is the score."""
        return self.features + 3

    @property
    def trial_activated(self) -> int:
        """A trial's first person reached the activation set; told by the server."""
        return self.features + 4

    @property
    def plan_upgraded(self) -> int:
        """The account moved to a higher plan; told by the server."""
        return self.features + 5

    @property
    def exposure(self) -> int:
        """The first experiment's exposure; its detail is the variant (0 control, 1 treatment)."""
        return self.features + len(_FIXED)

    @property
    def goal(self) -> int:
        """The first experiment's goal."""
        return self.exposure + self.experiments


def event_names(parameters: ProductParameters) -> tuple[str, ...]:
    """The name of every code."""
    features = tuple(f.event for f in parameters.features)
    exposures = (FLAG_CALLED,) * len(parameters.experiments)
    return features + _FIXED + exposures + tuple(e.goal for e in parameters.experiments)
