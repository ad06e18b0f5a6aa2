"""What Jira, GitHub and CircleCI show of engineering, and that it fits together."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pyarrow as pa
import pytest
from tests.business.living import step_only

from tapflow.business.company import Company
from tapflow.business.scenario.load import load_scenario
from tapflow.core.clock import day_number
from tapflow.sources import circleci, github, jira
from tapflow.sources.logs import table_of

FIRST = day_number(date(2025, 12, 1))
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def logs() -> dict[str, Rows]:
    company = Company(load_scenario("tiny", {"engineering": {"bad_release": 0.3}}), seed=5, first_day=FIRST)
    found: dict[str, Rows] = {}
    for _ in range(30):
        day = step_only(company, ("customers", "product", "engineering"))
        for module in (jira, github, circleci):
            declared = {o.name: o for o in module.OBJECTS}
            for name, columns in module.records(company, day).items():
                table = table_of(declared[name], columns)
                _check_order(table, declared[name].version)
                found.setdefault(name, []).extend(table.to_pylist())
    return found


def _check_order(table: pa.Table, version: str) -> None:
    moments = table[version].to_pylist()
    assert moments == sorted(moments)


def newest(rows: Rows, key: str) -> dict[Any, dict[str, Any]]:
    return {row[key]: row for row in rows}


def test_every_pull_request_serves_an_issue_and_has_its_first_commit(logs: dict[str, Rows]) -> None:
    issues = newest(logs["issues"], "key")
    commits = {(row["repository"], row["pull_number"]) for row in logs["pull_request_commits"]}
    pulls = newest(logs["pull_requests"], "id")
    assert pulls
    for pull in pulls.values():
        assert pull["title"].split(" ")[0] in issues
        assert (pull["repository"], pull["number"]) in commits
        assert (pull["state"] == "open") == (pull["closed_at"] is None)


def test_a_pipeline_has_one_workflow_and_a_release_its_tag(logs: dict[str, Rows]) -> None:
    workflows = {row["pipeline_id"]: row for row in logs["workflows"]}
    assert len(workflows) == len(logs["pipelines"])
    for pipeline in logs["pipelines"]:
        vcs = orjson.loads(pipeline["vcs"])
        assert ("tag" in vcs) == (workflows[pipeline["id"]]["name"] == "deploy")
        assert ("tag" in vcs) != ("branch" in vcs)


def test_an_incident_names_a_deployed_version(logs: dict[str, Rows]) -> None:
    tags = {orjson.loads(row["vcs"]).get("tag") for row in logs["pipelines"]}
    fields = [orjson.loads(row["fields"]) for row in logs["issues"]]
    named = {f["customfield_10053"] for f in fields if f["issuetype"]["name"] == "Incident"}
    assert named
    assert {f"v{name.split(' ')[1]}" for name in named} <= tags


def test_only_requests_name_an_account(logs: dict[str, Rows]) -> None:
    for row in logs["issues"]:
        fields = orjson.loads(row["fields"])
        assert (fields["customfield_10050"] is not None) == (row["projectKey"] == "IDEA")
        assert (fields["resolutiondate"] is not None) == (fields["status"]["statusCategory"]["key"] == "done")
