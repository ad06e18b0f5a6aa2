"""A day's log of LaunchDarkly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.product.experiments import VARIANTS
from tapflow.business.product.state import Product
from tapflow.core.clock import SECONDS_PER_DAY

_LAUNCH_SECOND = 64_800  # flags are switched in the evening, UTC, once the release is out
_ANNOUNCED_DAYS = 400  # the flags of what was always there were made so long before the first day


def records(company: Company, day: Day) -> dict[str, Mapping[str, Any]]:
    """The flags and experiments that changed today."""
    flags = [*_feature_flags(company, day), *_experiment_flags(company, day)]
    experiments = _experiments(company, day)
    logs: dict[str, Mapping[str, Any]] = {}
    if flags:
        logs["flags"] = _columns(flags, ("creationDate", "lastModified"))
    if experiments:
        logs["experiments"] = _columns(experiments, ("startDate", "endDate", "lastModified"))
    return logs


def _columns(rows: list[dict[str, Any]], moments: tuple[str, ...]) -> dict[str, Any]:
    rows = sorted(rows, key=lambda row: (row["lastModified"], row["key"]))
    columns: dict[str, Any] = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        if name in moments:
            micros = [None if v is None else int(v) * 1_000_000 for v in values]
            columns[name] = pa.array(micros, pa.int64()).view(pa.timestamp("us"))
        elif isinstance(values[0], bool | int):
            columns[name] = np.array(values)
        else:
            columns[name] = values
    return columns


def _flag(
    key: str, name: str, kind: str, tag: str, properties: dict[str, str], made: int, changed: int, on: bool,
    rollout: float, version: int,
) -> dict[str, Any]:  # fmt: skip
    own = {k: {"name": k, "value": [v]} for k, v in properties.items()}
    return {
        "key": key,
        "name": name,
        "kind": kind,
        "creationDate": made,
        "_version": version,
        "lastModified": changed,
        "archived": False,
        "tags": _json([tag]),
        "customProperties": _json(own),
        "environments": _json({"production": {"on": on, "rollout": rollout}}),
    }


def _feature_flags(company: Company, day: Day) -> list[dict[str, Any]]:
    """All features on the first day, planned ones switched off; each again when it is launched."""
    product, launched = company.scenario.product, company.part(Product).features.launched_day
    origin, found = company.first_day * SECONDS_PER_DAY, []
    for row, feature in enumerate(product.features):
        properties = {"event": feature.event, "number": str(row)}
        made = origin - _ANNOUNCED_DAYS * SECONDS_PER_DAY
        if day.number == company.first_day:
            on = feature.launch_day is None
            changed = made if on else day.start_seconds
            made = made if on else day.start_seconds
            flag = _flag(feature.key, feature.name, "boolean", "feature", properties, made, changed, on, float(on), 1)
            found.append(flag)
        elif launched[row] == day.number and launched[row] != NEVER:
            changed = day.start_seconds + _LAUNCH_SECOND
            flag = _flag(feature.key, feature.name, "boolean", "feature", properties, origin, changed, True, 1.0, 2)
            found.append(flag)
    return found


def _experiment_flags(company: Company, day: Day) -> list[dict[str, Any]]:
    found = []
    for experiment in company.scenario.product.experiments:
        begin = company.first_day + experiment.begin_day
        end = begin + experiment.days
        if day.number not in (begin, end):
            continue
        running, made = day.number == begin, begin * SECONDS_PER_DAY
        rollout = experiment.rollout if running else 0.0
        properties = {"event": experiment.goal}
        flag = _flag(
            experiment.key, experiment.name, "multivariate", "experiment", properties, made, day.start_seconds,
            running, rollout, 1 if running else 2,
        )  # fmt: skip
        found.append(flag)
    return found


def _experiments(company: Company, day: Day) -> list[dict[str, Any]]:
    found = []
    for experiment in company.scenario.product.experiments:
        begin = company.first_day + experiment.begin_day
        end = begin + experiment.days
        if day.number not in (begin, end):
            continue
        share = experiment.rollout / len(VARIANTS)
        found.append(
            {
                "key": experiment.key,
                "name": experiment.name,
                "status": "running" if day.number == begin else "stopped",
                "flagKey": experiment.key,
                "startDate": begin * SECONDS_PER_DAY,
                "endDate": end * SECONDS_PER_DAY if day.number == end else None,
                "lastModified": day.start_seconds,
                "metrics": _json([{"eventKey": experiment.goal, "windowDays": experiment.window_days}]),
                "treatments": _json([{"name": name, "allocation": share} for name in VARIANTS]),
            }
        )
    return found


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
