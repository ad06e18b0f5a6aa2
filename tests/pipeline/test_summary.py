"""The closing screen shows what is there, as people read it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tapflow.pipeline.summary import HEADLINES, called, headlines, shown, suggestions
from tapflow.quality.asking import Span
from tapflow.quality.figure import Figure, registry
from tapflow.quality.verification import Verification
from tapflow.quality.verify import Outcome

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 15)
DAYS = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]


def verification(kind: str) -> Verification:
    sql = "select $period(x) as period, $dim as dim, 1 as value"
    figure = Figure("mrr", "Recurring revenue, at the end", "billing", "usd_minor", kind, sql, sql)
    days = Outcome(figure, "day", series={d: (i, i) for i, d in enumerate(DAYS)})
    months = Outcome(figure, "month", series={date(2026, m, 1): (m, m) for m in (1, 2, 3)})
    return Verification("v0001", Span(FIRST, LAST), [days, months], [], 0.1)


@pytest.mark.parametrize(
    ("kind", "of", "value", "before"),
    [
        ("stock", "2026-03-15", 73, 43),
        ("flow", "30 days", sum(range(44, 74)), sum(range(14, 44))),
        ("own", "Feb 2026", 2, 1),
    ],
)
def test_a_figure_is_shown_at_its_newest(kind: str, of: str, value: int, before: int) -> None:
    (headline,) = headlines(verification(kind))
    assert (headline.of, headline.published, headline.truth, headline.before) == (of, value, value, before)


def test_the_headlines_are_figures() -> None:
    assert [name for name in HEADLINES if name not in registry()] == []


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (124_051_237, "usd_minor", "$1.24M"),
        (0.125, "ratio", "12.5%"),
        (12_400_000, "ml", "12.4k l"),
        (7.1, "hours", "7.10 hours"),
        (12345, "count", "12,345"),
        (3_200_000, "count", "3.20M"),
        (None, "count", "-"),
    ],
)
def test_values_are_shown_by_their_unit(value: float | None, unit: str, text: str) -> None:
    assert shown(value, unit) == text


def test_what_to_try_next_can_be_typed_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    program = called()
    told = subprocess.run(f"{program} --help", shell=True, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin")
    assert called() == "tapflow"
    elsewhere = [command for command, _ in suggestions(verification("stock"), "tapflow", tmp_path / "a home")]
    assert all(command.endswith(f" --home '{tmp_path}/a home'") for command in elsewhere)
    assert not any(
        "--home" in command for command, _ in suggestions(verification("stock"), "tapflow", Path(".tapflow"))
    )
