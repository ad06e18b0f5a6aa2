"""Asking a home's published version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tapflow.metrics.definitions import Catalogue, load
from tapflow.metrics.periods import Window
from tapflow.metrics.planner import Plan, plan
from tapflow.metrics.policy import EVERYTHING, Decision
from tapflow.metrics.question import Question
from tapflow.warehouse.engine import Limits
from tapflow.warehouse.reader import reading
from tapflow.warehouse.version import Versions


@dataclass(frozen=True)
class Answer:
    """Rows, with the SQL that made them and what they rest on. Money is in USD."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    sql: str
    provenance: dict[str, Any]


def definitions(home: Path) -> Catalogue:
    """The metrics of the version that a home serves."""
    versions = Versions(home / "warehouse")
    return load(versions.definitions(versions.current().id))


def ask(home: Path, question: Question, limits: Limits, decision: Decision = EVERYTHING) -> Answer:
    """Answer a question from the published version."""
    versions, catalogue = Versions(home / "warehouse"), definitions(home)
    version = versions.current()
    known = Window(date.fromisoformat(version.first_day), date.fromisoformat(version.data_through_day))
    planned: Plan = plan(catalogue, question, known, decision)
    with reading(versions, limits, version.id) as reader:
        found = reader.query(planned.sql)
    provenance = {
        "version": version.id,
        "data_through_day": version.data_through_day,
        "built_at": version.built_at,
        "metrics": {name: catalogue.metric(name).meta["version"] for name in planned.metrics},
        "tables": list(planned.tables),
    }
    return Answer(found.columns, found.rows, planned.sql, provenance)
