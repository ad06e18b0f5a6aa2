"""A day's log of CircleCI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.engineering.state import Engineering, PipelineKind
from tapflow.business.engineering.truth import version
from tapflow.core import ids
from tapflow.sources.github.records import commit_sha, repository_name


def records(company: Company, day: Day) -> dict[str, Mapping[str, Any]]:
    """The pipelines of the day and their workflows, by time."""
    table = company.part(Engineering).pipelines
    rows = np.flatnonzero(table.created_at >= day.start_seconds)
    if len(rows) == 0:
        return {}
    rows = rows[np.lexsort((rows, table.stopped_at[rows]))]
    names = ids.uuid("circleci/pipeline", rows)
    release = table.kind[rows] == PipelineKind.RELEASE
    began, ended = table.created_at[rows] * 1_000_000, table.stopped_at[rows] * 1_000_000
    return {
        "pipelines": {
            "id": names,
            "project_slug": [f"gh/{repository_name(company, team)}" for team in table.team[rows]],
            "number": table.number[rows],
            "state": np.full(len(rows), "created", dtype=object),
            "created_at": began,
            "updated_at": ended,
            "trigger": [orjson.dumps({"type": "webhook"}).decode()] * len(rows),
            "vcs": [orjson.dumps(_vcs(company, row)).decode() for row in rows.tolist()],
        },
        "workflows": {
            "id": ids.uuid("circleci/workflow", rows),
            "pipeline_id": names,
            "name": np.where(release, "deploy", "test").astype(object),
            "status": np.where(table.ok[rows], "success", "failed").astype(object),
            "created_at": began,
            "stopped_at": ended,
        },
    }


def _vcs(company: Company, row: int) -> dict[str, Any]:
    memory = company.part(Engineering)
    table = memory.pipelines
    kind, pull = PipelineKind(table.kind[row]), int(table.pull[row])
    if kind == PipelineKind.RELEASE:
        made = memory.releases
        release = int(table.release[row])
        tag = version(made.major[release], made.minor[release], made.patch[release])
        return {"revision": commit_sha("release", release), "tag": f"v{tag}"}
    if kind == PipelineKind.MAIN:
        return {"revision": commit_sha("merge", pull), "branch": "main"}
    return {"revision": commit_sha("head", pull), "branch": f"change-{pull}"}
