"""Incidents that a scenario schedules: what goes wrong, when, and how strongly."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tapflow.business.scenario.strict import Strict
from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

Kind = Literal[
    "bad_firmware",
    "payment_outage",
    "channel_cost_doubles",
    "broken_release",
    "crm_bad_import",
    "missing_day",
    "unit_change",
]


class Incident(Strict):
    """One thing that goes wrong. Days are counted from the first simulated day, both inclusive."""

    kind: Kind
    first_day: Annotated[int, Field(ge=0)]
    last_day: Annotated[int, Field(ge=0)]
    target: str  # a device model, a channel, a source system, ...; empty for the whole company
    effect: float  # what a rate is multiplied with while it lasts; its meaning is the kind's

    @model_validator(mode="after")
    def _in_order(self) -> Incident:
        if self.last_day < self.first_day:
            raise ValueError(f"{self.kind} ends (day {self.last_day}) before it begins (day {self.first_day})")
        return self


class IncidentParameters(Strict):
    """Section `incidents`."""

    scheduled: tuple[Incident, ...]

    def on(self, day_index: int, kind: Kind) -> tuple[Incident, ...]:
        """The incidents of a kind that run on a day (counted from the first simulated day)."""
        return tuple(i for i in self.scheduled if i.kind == kind and i.first_day <= day_index <= i.last_day)

    def factor(self, day_index: int, kind: Kind, target: str = "") -> float:
        """The product of the effects of a kind on a target on a day; 1 when nothing is wrong."""
        product = 1.0
        for incident in self.on(day_index, kind):
            if incident.target in ("", target):
                product *= incident.effect
        return product


TABLES = (
    TruthTable(
        "incident",
        "one row per incident, written on its first day",
        "What went wrong, from when to when, and how strongly.",
        (
            Column("kind", Type.STRING, "Kind of incident."),
            Column("target", Type.STRING, "What it struck; empty for the whole company."),
            Column("begin_day", Type.DATE, "First day."),
            Column("end_day", Type.DATE, "Last day."),
            Column("effect", Type.FLOAT, "What the struck rate was multiplied with."),
        ),
    ),
)
