"""Engineering's invariants: what is merged is released once, what is bad is mended, what is asked is answered."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.business.living import step_only

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.engineering.state import Engineering, IssueKind, IssueStatus, PullState
from tapflow.business.product.state import Product
from tapflow.business.scenario.load import load_scenario
from tapflow.core.clock import day_number

FIRST = day_number(date(2025, 12, 1))
Life = tuple[Company, list[Day]]


@pytest.fixture(scope="module")
def life() -> Life:
    overrides = {
        "engineering": {"bad_release": 0.2, "requests": {"notes_a_month": 0.5}},
        "incidents": {"scheduled": []},
    }
    company = Company(load_scenario("tiny", overrides), seed=5, first_day=FIRST)
    return company, [step_only(company, ("customers", "product", "engineering")) for _ in range(90)]


def test_a_merged_change_is_in_its_repositorys_next_release(life: Life) -> None:
    memory = life[0].part(Engineering)
    pulls, releases = memory.pulls, memory.releases
    merged = np.flatnonzero(pulls.state == PullState.MERGED)
    assert len(merged) > 100
    for row in merged:
        later = np.flatnonzero((releases.team == pulls.team[row]) & (releases.deployed_at >= pulls.merged_at[row]))
        assert pulls.release[row] == (later[0] if len(later) else -1)
    assert (pulls.first_commit_at < pulls.opened_at).all()
    assert (pulls.merged_at[merged] > pulls.opened_at[merged]).all()


def test_numbers_run_on_without_gaps(life: Life) -> None:
    memory = life[0].part(Engineering)
    for team in range(len(life[0].scenario.engineering.teams)):
        own = (memory.issues.team == team) & (memory.issues.kind != IssueKind.REQUEST)
        assert sorted(memory.issues.number[own]) == list(range(1, own.sum() + 1))
        mine = memory.pulls.team == team
        assert sorted(memory.pulls.number[mine]) == list(range(1, mine.sum() + 1))


def test_every_bad_release_has_one_incident_and_is_mended(life: Life) -> None:
    company, days = life
    memory = company.part(Engineering)
    bad = np.flatnonzero(memory.releases.bad)
    assert len(bad) > 3
    for row in bad:
        assert ((memory.issues.kind == IssueKind.INCIDENT) & (memory.issues.release == row)).sum() == 1
        if memory.releases.fix_day[row] <= days[-1].number:
            fix = np.flatnonzero(memory.releases.fixes == row)
            assert len(fix) == 1
            assert memory.releases.deployed_at[fix[0]] == memory.releases.fixed_at[row]
            assert memory.releases.patch[fix[0]] == memory.releases.patch[fix[0] - 1] + 1 or fix[0] != row + 1
    assert (memory.releases.error_factor[bad] > 1).all()


def test_what_goes_out_before_the_fix_carries_the_fault(life: Life) -> None:
    releases = life[0].part(Engineering).releases
    for row in np.flatnonzero(releases.bad & (releases.fixed_at > 0)):
        between = (releases.team == releases.team[row]) & (releases.deployed_at > releases.deployed_at[row])
        between &= releases.deployed_at < releases.fixed_at[row]
        assert (releases.error_factor[between] == releases.error_factor[row]).all()


def test_planned_features_are_launched_soon_after_their_day(life: Life) -> None:
    company, days = life
    launched = company.part(Product).features.launched_day
    for row, feature in enumerate(company.scenario.product.features):
        if feature.launch_day is None:
            continue
        due = FIRST + feature.launch_day
        if due + 10 <= days[-1].number:
            assert due <= launched[row] <= due + 10
        elif due > days[-1].number:
            assert launched[row] == NEVER


def test_requests_are_closed_when_their_theme_is_shipped(life: Life) -> None:
    memory = life[0].part(Engineering)
    issues, topics = memory.issues, memory.topics
    requests = issues.kind == IssueKind.REQUEST
    assert requests.sum() > 100
    shipped = np.flatnonzero(topics.shipped_day != NEVER)
    assert len(shipped) > 1
    for topic in shipped:
        asked = requests & (issues.theme == topics.theme[topic])
        before = asked & (issues.created_at < topics.shipped_day[topic] * 86_400)
        assert (issues.status[before] == IssueStatus.DONE).all()


def test_no_instant_lies_outside_its_day(life: Life) -> None:
    for day in life[1]:
        for table in ("issue", "pull_request", "release"):
            rows = day.ledger().get(table)
            if rows is not None:
                seconds = rows["at"] // 1_000_000
                assert seconds.min() >= day.start_seconds
                assert seconds.max() < day.end_seconds
