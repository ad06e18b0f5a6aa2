"""A figure of some days is what it is in the whole history, so that verifying the newest days alone tells the same."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from tests.homes import LIMITS, BuiltHome

from tapflow.core.errors import TapflowError
from tapflow.quality.asking import Span, Values, ask
from tapflow.quality.figure import registry
from tapflow.quality.truth import truth_database
from tapflow.quality.verify import cuts_of
from tapflow.warehouse.reader import reading
from tapflow.warehouse.version import Versions

Said = dict[tuple[str, str, str, str | None], Values]


def _said(home: BuiltHome, span: Span) -> Said:
    """Figure, side, grain and dimension -> its values."""
    asked = [(figure, cuts_of(figure)) for figure in registry().values()]
    found: Said = {}
    with reading(
        Versions(home.root / "warehouse"), LIMITS, None, {"truth": truth_database(home.root, LIMITS)}
    ) as reader:
        for figure, told in ask(reader, asked, span):
            for side, answers in told.items():
                assert not isinstance(answers, TapflowError), (figure.name, side, answers)
                found |= {(figure.name, side, c.grain, c.dimension): v for c, v in answers.items()}
    return found


def _differs(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one != other)


def test_every_figure_of_the_newest_days_is_as_in_the_whole_history(tiny_home: BuiltHome) -> None:
    version = Versions(tiny_home.root / "warehouse").current()
    first, last = date.fromisoformat(version.first_day), date.fromisoformat(version.data_through_day)
    # Mid-month: a month that the span begins in is whole for figures that are evaluated by month.
    span = Span((last - timedelta(days=40)).replace(day=11), last)
    whole, newest = _said(tiny_home, Span(first, last)), _said(tiny_home, span)
    assert newest.keys() == whole.keys()
    wrong, compared = [], 0
    for key, values in newest.items():
        kind, grain = registry()[key[0]].kind, key[2]
        if grain == "month" and kind == "flow":
            continue  # summed over the span's days alone: its days are compared
        expected = {k: v for k, v in whole[key].items() if span.holds(k[0], grain)}
        compared += len(values)
        wrong += [
            (key, k, values.get(k), expected.get(k))
            for k in values | expected
            if _differs(values.get(k), expected.get(k))
        ]
    assert wrong[:5] == []
    assert compared > 5_000
