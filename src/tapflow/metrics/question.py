"""A question about metrics, typed."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Operator = Literal["=", "<>", "in", "not in", "like", "is null", "is not null"]


class Filter(BaseModel):
    """A condition on a dimension; the conditions of a question all hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    dimension: str
    operator: Operator = "="
    values: tuple[str, ...] = ()


class Question(BaseModel):
    """Metrics by dimensions and period. `last` (12m, 90d, 4q) or `begin` and `end`, both included; else all days."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    metrics: tuple[str, ...] = Field(min_length=1)
    by: tuple[str, ...] = ()
    grain: Literal["day", "week", "month", "quarter", "year"] | None = None
    last: str | None = None
    begin: date | None = None
    end: date | None = None
    where: tuple[Filter, ...] = ()
    compare: Literal["previous", "yoy"] | None = None
    limit: int | None = Field(default=None, gt=0)
