"""Comparing two sides: what counts as equal, how months follow from days, what is explained."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapflow.core.errors import CheckFailed
from tapflow.quality.asking import Span, months_of
from tapflow.quality.figure import Figure, Kind, Parts, ledger_tables, rendered, taken_apart
from tapflow.quality.verify import compare, require_agreement

SPAN = Span(date(2026, 1, 10), date(2026, 3, 20))
D = date(2026, 1, 31)


def figure(kind: str = "flow") -> Figure:
    return Figure("f", "F", "d", "count", kind, "select $period(a)", "select $period(a)")


def one(published: Any, truth: Any, explained: Any = None, kind: str = "flow") -> tuple[int, int]:
    sides = [{} if v is None else {(D, "all"): v} for v in (published, truth, explained)]
    outcome = compare(figure(kind), "day", *sides)
    return outcome.differing, outcome.explained


@pytest.mark.parametrize(
    ("published", "truth", "explained", "differing", "told"),
    [
        (5, 5, None, 0, 0),
        (5, 6, None, 1, 0),
        (5, 6, -1, 0, 1),
        (5, 6, -2, 1, 0),
        (None, 0, None, 0, 0),
        (None, 1, None, 1, 0),
        (1, None, None, 1, 0),
        (1, None, 1, 0, 1),
        (10**18, 10**18 + 1, None, 1, 0),
        (Decimal("1.10"), Decimal("1.1"), None, 0, 0),
        (0.1 + 0.2, 0.3, None, 0, 0),
        (0.3001, 0.3, None, 1, 0),
    ],
)
def test_values_agree(published: Any, truth: Any, explained: Any, differing: int, told: int) -> None:
    assert one(published, truth, explained) == (differing, told)


def test_a_missing_ratio_is_not_zero() -> None:
    assert one(None, 0.0, kind="own") == (1, 0)


def test_the_worst_gap_is_named_first_and_the_command_to_look_closer() -> None:
    outcome = compare(figure(), "day", {(D, "a"): 1, (D, "b"): 10}, {(D, "a"): 2, (D, "b"): 90}, {})
    assert outcome.worst is not None and outcome.worst.dim == "b"
    with pytest.raises(CheckFailed, match=r"of b: published 10, truth 90.*tapflow verify --figure f"):
        require_agreement([outcome])


def test_a_stock_s_month_is_its_last_day_or_the_span_s() -> None:
    days = {(date(2026, 1, 30), "all"): 1, (date(2026, 1, 31), "all"): 2, (date(2026, 3, 20), "all"): 3}
    assert months_of(figure("stock"), days, SPAN) == {(date(2026, 1, 1), "all"): 2, (date(2026, 3, 1), "all"): 3}


@given(st.dictionaries(st.dates(SPAN.begin, SPAN.end), st.integers(), max_size=30))
def test_a_flow_s_months_hold_what_its_days_hold(values: dict[date, int]) -> None:
    months = months_of(figure(Kind.FLOW), {(day, "all"): value for day, value in values.items()}, SPAN)
    assert sum(months.values()) == sum(values.values())


def test_periods_and_dimensions_are_written_into_a_query() -> None:
    sql = "select $period(cast(a as date)) as period, $dim as dim from t where $period(at) > $period(b)"
    assert rendered(sql, "month", "cast(plan as varchar)") == (
        "select cast(date_trunc('month', cast(a as date)) as date) as period, cast(plan as varchar) as dim from t "
        "where cast(date_trunc('month', \"at\") as date) > cast(date_trunc('month', \"b\") as date)"
    )
    with pytest.raises(ValueError, match="closed"):
        rendered("select $period(a", "day", "'all'")


@pytest.mark.parametrize(
    ("sql", "parts"),
    [
        (
            "select $period(at) as period, $dim as dim, sum(a) filter (where b) as value from t where c group by 1, 2",
            Parts('"at"', "sum(a) filter (where b)", "t where c"),
        ),
        (
            "select $period(t.at) as period, $dim as dim, v as value from (select 1 as value from t) group by 1, 2",
            Parts("t.at", "v", "(select 1 as value from t)"),
        ),
        ("select $period(a) as period, $dim as dim, sum(v) over () as value from t", None),
        ("with t as (select 1) select $period(a) as period, $dim as dim, 1 as value from t group by 1, 2", None),
        ("select $period(a) as period, $dim as dim, 1 as value from t where $period(b) > d group by 1, 2", None),
    ],
)
def test_a_query_of_the_common_shape_is_taken_apart(sql: str, parts: Parts | None) -> None:
    assert taken_apart(sql) == parts


def test_the_tables_of_the_ledger_that_are_read_are_known() -> None:
    sql = "select $period(a) as period from truth.one join truth.two_three using (x)"
    assert ledger_tables([Figure("f", "F", "d", "count", "flow", sql, "$period(a) truth.four")]) == {
        "one",
        "two_three",
        "four",
    }


@pytest.mark.parametrize(
    ("published", "truth", "explained", "empty"),
    [(None, None, None, True), (0, 0, None, True), (0, None, None, True), (1, 1, None, False), (0, 1, -1, False)],
)
def test_where_neither_side_tells_anything_nothing_was_compared(
    published: Any, truth: Any, explained: Any, empty: bool
) -> None:
    sides = [{} if v is None else {(D, "all"): v} for v in (published, truth, explained)]
    outcome = compare(figure(), "day", *sides)
    assert (outcome.passed, outcome.empty) == (True, empty)
    assert not compare(figure(), "day", {(D, "all"): 1}, {}, {}).empty
