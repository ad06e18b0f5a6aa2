"""The product's invariants, over a small company that uses it for a while."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.business.living import step_only

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.product import activity, usage
from tapflow.business.product.events import EventCodes, event_names
from tapflow.business.product.people import is_test
from tapflow.business.product.state import Product, grown
from tapflow.business.scenario.load import load_scenario
from tapflow.core.clock import day_number

FIRST = day_number(date(2025, 12, 1))
DAYS = 45
DOMAINS = ("marketing", "customers", "product", "engineering")
Life = tuple[Company, list[Day]]


def lived(days: int, overrides: dict[str, object] | None = None) -> Life:
    company = Company(load_scenario("tiny", overrides), seed=5, first_day=FIRST)
    return company, [step_only(company, DOMAINS) for _ in range(days)]


@pytest.fixture(scope="module")
def life() -> Life:
    return lived(DAYS)


def told(days: list[Day], table: str) -> dict[str, np.ndarray]:
    parts = [rows for day in days if (rows := day.ledger().get(table))]
    return {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}


def test_the_ledger_agrees_with_what_was_emitted(life: Life) -> None:
    company, days = life
    features = len(company.scenario.product.features)
    for day in days[::9]:
        events, truth = day.fact("app_event"), day.ledger()["user_day"]
        assert events is not None
        for row in range(0, len(truth["user"]), 7):
            mine = events["user"] == truth["user"][row]
            used = events["event"][mine & (events["event"] < features)]
            assert mine.sum() == truth["events"][row]
            assert len(set(events["session"][mine])) == truth["sessions"][row]
            assert len(used) == truth["feature_events"][row]
            assert sum(1 << int(f) for f in set(used)) == truth["features"][row]


def test_events_lie_in_their_day_and_sessions_keep_their_distance(life: Life) -> None:
    for day in life[1]:
        events = day.fact("app_event")
        assert events is not None
        assert events["at"].min() >= day.start_seconds
        assert events["at"].max() < day.end_seconds
        assert (np.diff(events["at"]) >= 0).all()
        order = np.lexsort((events["sequence"], events["user"]))
        user, at, session = (events[c][order] for c in ("user", "at", "session"))
        gap, same = np.diff(at), np.diff(user) == 0
        within = same & (np.diff(session) == 0)
        assert gap[within].min() >= 0
        assert gap[within].max() < usage.SESSION_GAP_SECONDS
        assert gap[same & ~within].min() > usage.SESSION_GAP_SECONDS


def test_only_people_who_may_use_it_do(life: Life) -> None:
    company, days = life
    for day in days:
        people = day.ledger()["user_day"]["user"]
        assert (company.users.created_day[people] <= day.number).all()
        deleted = company.users.deleted_day[people]
        assert ((deleted == NEVER) | (deleted > day.number)).all()
    last = days[-1].ledger()["user_day"]["user"]
    assert activity.present(company)[last].all()


def test_a_feature_is_not_used_before_the_day_after_its_launch(life: Life) -> None:
    company, days = life
    launched = company.part(Product).features.launched_day
    new = [row for row, f in enumerate(company.scenario.product.features) if f.launch_day is not None]
    assert (launched[new] != NEVER).any(), "a feature is launched within the span"
    for day in days:
        events = day.fact("app_event")
        assert events is not None
        used = set(events["event"])
        for row in new:
            if launched[row] == NEVER or day.number <= launched[row]:
                assert row not in used
    after = told(days, "feature_day")
    first = next(row for row in new if launched[row] != NEVER)
    assert after["users"][after["number"] == first].sum() > 0


def test_daily_by_monthly_active_users_is_as_in_life(life: Life) -> None:
    rows = told(life[1], "user_day")
    last = life[1][-1].number
    window = rows["day"] > last - 28
    monthly = len(set(rows["user"][window]))
    assert 0.25 < window.sum() / 28 / monthly < 0.40


def test_the_signals_count_28_days(life: Life) -> None:
    company, days = life
    rows = told(days, "user_day")
    window = rows["day"] > days[-1].number - 28
    account, masks = rows["account"][window], rows["features"][window]
    for house in range(len(company.accounts)):
        mine = account == house
        users = set(rows["user"][window][mine]) & set(np.flatnonzero(activity.present(company)))
        assert company.accounts.signal_active_users_28d[house] == len(users)
        if users:
            kept = np.isin(rows["user"][window][mine], sorted(users))
            used = int(np.bitwise_or.reduce(masks[mine][kept]))
            assert company.accounts.signal_features_adopted[house] == used.bit_count()


def test_an_experiment_is_seen_once_and_its_effect_is_there() -> None:
    base = load_scenario("tiny").product.experiments[0].model_dump()
    strong = base | {"begin_day": 2, "days": 30, "control_rate": 0.05, "treatment_rate": 0.95, "rollout": 1.0}
    _, days = lived(40, {"product": {"experiments": [strong]}})
    rows = told(days, "experiment")
    seen = rows["kind"] == "exposure"
    assert len(set(rows["user"][seen])) == seen.sum()
    assert set(rows["user"][~seen]) <= set(rows["user"][seen])
    rate = {
        v: (~seen & (rows["variant"] == v)).sum() / (seen & (rows["variant"] == v)).sum()
        for v in ("control", "treatment")
    }
    assert rate["treatment"] > 3 * rate["control"]


def test_a_broken_release_shows_in_the_errors() -> None:
    def errors(scheduled: list[dict[str, object]]) -> tuple[int, int]:
        _, days = lived(16, {"incidents": {"scheduled": scheduled}, "engineering": {"bad_release": 0.0}})
        rows = told(days, "user_day")
        struck = (rows["day"] > FIRST + 5) & (rows["day"] <= FIRST + 9)
        return int(rows["errors"][struck].sum()), int(rows["errors"][rows["day"] <= FIRST + 5].sum())

    incident = {"kind": "broken_release", "first_day": 5, "last_day": 9, "target": "", "effect": 10.0}
    struck, calm = errors([incident]), errors([])
    assert struck[0] > 3 * calm[0]
    assert struck[1] == calm[1], "before it nothing differs"


def test_activation_is_all_three_steps_in_time(life: Life) -> None:
    company, days = life
    rows = told(days, "user_activation")
    window = company.scenario.product.activation.days * 86_400 * 1_000_000
    assert len(set(rows["user"])) == len(rows["user"])
    assert (rows["activated_at"] >= rows["created_at"]).all()
    assert (rows["activated_at"] < rows["created_at"] + window).all()
    codes = EventCodes.of(company.scenario.product)
    for user in rows["user"][:10]:
        done: set[int] = set()
        for day in days:
            events = day.fact("app_event")
            assert events is not None
            done |= set(events["event"][events["user"] == user].tolist())
        assert {codes.device_connected, 0, 1} <= done


def test_nobody_elses_presence_changes_a_persons_day(life: Life) -> None:
    days = life[1]
    # The same scenario without marketing's newcomers of the first day: the founding people act alike.
    alone = Company(load_scenario("tiny"), seed=5, first_day=FIRST)
    alone_day = step_only(alone, ("customers", "product", "engineering"))
    mine, theirs = alone_day.ledger()["user_day"], days[0].ledger()["user_day"]
    founding = sorted(set(mine["user"]) & set(theirs["user"]))
    assert len(founding) > 50
    for user in founding:
        here, there = mine["user"] == user, theirs["user"] == user
        assert [mine[c][here][0] for c in mine] == [theirs[c][there][0] for c in theirs]


def test_every_event_has_a_name_and_a_code() -> None:
    product = load_scenario("tiny").product
    names, codes = event_names(product), EventCodes.of(product)
    assert len(names) == codes.goal + codes.experiments
    assert names[codes.exception] == "$exception"
    assert names[codes.survey] == "survey sent"
    assert names[codes.plan_upgraded] == "plan_upgraded"
    assert names[codes.exposure] == "$feature_flag_called"
    assert names[codes.goal] == product.experiments[0].goal


def test_a_grid_grows_and_keeps_what_it_held() -> None:
    grid = grown(np.zeros((0, 0), dtype=np.int32), 3, 2, -5)
    assert grid.shape == (3, 2) and (grid == -5).all()
    grid[1, 1] = 9
    wider = grown(grid, 4, 2, -5)
    assert wider.shape[0] >= 4 and wider[1, 1] == 9 and wider[3, 0] == -5


LATE = {"product": {"tracking": {"late_share": 0.5, "late_days_most": 3}}}


@pytest.fixture(scope="module")
def late_life() -> Life:
    return lived(8, LATE)


def rows_of(columns: dict[str, np.ndarray], *names: str) -> list[tuple[int, ...]]:
    return list(zip(*(columns[name].tolist() for name in names), strict=True))


def test_events_of_phones_without_a_network_arrive_once_on_a_later_day(late_life: Life) -> None:
    happened: dict[tuple[int, ...], int] = {}
    arrived: dict[tuple[int, ...], int] = {}
    for day in late_life[1]:
        facts, late = day.fact("app_event"), day.fact("late_app_event")
        assert facts is not None
        for user, at, sequence, arrives, tracked in rows_of(facts, "user", "at", "sequence", "arrives", "tracked"):
            if tracked and arrives > day.number:
                assert arrives - day.number <= 3
                happened[user, at, sequence] = arrives
        for user, at, sequence in rows_of(late, "user", "at", "sequence") if late else ():
            assert at < day.start_seconds and (user, at, sequence) not in arrived
            arrived[user, at, sequence] = day.number
    last = late_life[1][-1].number
    assert len(arrived) > 50
    assert arrived == {key: due for key, due in happened.items() if due <= last}
    assert any(due > last for due in happened.values()), "some have not arrived yet"


def test_a_late_day_is_of_the_phone_alone_and_comes_whole(late_life: Life) -> None:
    for day in late_life[1]:
        facts = day.fact("app_event")
        assert facts is not None
        late = facts["arrives"] > day.number
        assert late.any() and facts["mobile"][late].all()
        assert not set(facts["user"][late]) & set(facts["user"][~late])


def test_the_ledger_tells_what_arrives_late_and_lists_it_as_mess(late_life: Life) -> None:
    days = late_life[1]
    people, mess = told(days, "user_day"), told(days, "mess")
    late = people["tracked"] & (people["arrived_on"] > people["day"])
    cases = mess["kind"] == "late_product_events"
    assert cases.sum() == late.sum() > 0
    assert mess["effect"][cases].sum() == people["events"][late].sum()
    features = told(days, "feature_day")
    later = features["arrived_on"] > features["day"]
    assert features["users"][later].sum() > 0 and not features["users_28d"][later].any()


def test_users_of_28_days_are_those_who_used_a_feature(late_life: Life) -> None:
    company, days = late_life
    users: set[int] = set()
    for day in days:
        facts = day.fact("app_event")
        assert facts is not None
        users |= set(facts["user"][facts["event"] == 0].tolist())
    real = ~is_test(company, np.array(sorted(users)))
    features = told(days, "feature_day")
    now = (features["number"] == 0) & (features["day"] == days[-1].number)
    assert features["users_28d"][now].sum() == real.sum() > 0
