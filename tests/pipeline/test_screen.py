"""The terminal's manners."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tapflow.core import units
from tapflow.pipeline.screen import Meter, Screen


def piped() -> tuple[Screen, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    return Screen(out=Console(file=out, width=300), err=Console(file=err, width=300)), out, err


def test_piped_steps_are_a_plain_line_each() -> None:
    screen, out, err = piped()
    with screen.board() as board:
        with board.step("simulate", 3, "days") as meter:
            meter.advance(3)
            meter.remark("3 days")
        with board.step("ingest") as meter:
            pass
    lines = err.getvalue().splitlines()
    assert [line.rsplit(" ", 2)[0].rstrip(",") for line in lines] == ["simulate: 3 days", "ingest:"]
    assert "\x1b" not in err.getvalue()
    assert out.getvalue() == ""


def test_a_watched_step_draws_a_bar_with_its_remark() -> None:
    err = io.StringIO()
    screen = Screen(err=Console(file=err, force_terminal=True, width=200))
    with screen.board() as board:
        for done in (1, 2):
            with board.step("simulate", 2, "days") as meter:
                meter.advance()
                meter.remark(f"day {done}")
        assert meter.done == 2
    assert "simulate" in err.getvalue()
    assert "day 2" in err.getvalue()


def test_a_step_taken_up_again_counts_on() -> None:
    meter = Meter("ingest", None, "files")
    for total in (10, 4):
        meter.start()
        meter.at(total, total)
        meter.stop()
    assert (meter.done, meter.total) == (14, 14)


def test_a_piped_table_keeps_its_lines() -> None:
    screen, out, _ = piped()
    screen.table(("name", "rows"), [("x" * 150, "1,000"), ("y", "2")], numeric=("rows",))
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[2].rstrip().endswith("    2")


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (units.count(12345), "12,345"),
        (units.money(124_051_237), "$1.24M"),
        (units.money(-5), "-$0.05"),
        (units.money(99_999_999_99, "EUR"), "€100M"),
        (units.short(999_999.9), "1.00M"),
        (units.short(982), "982"),
        (units.short(3.14159), "3.14"),
        (units.change(0.0312), "+3.1%"),
        (units.percent(0.5), "50.0%"),
        (units.size(1_240_000_000), "1.24 GB"),
        (units.size(12), "12 B"),
        (units.duration(0.44), "0.4 s"),
        (units.duration(59.7), "1 min 00 s"),
        (units.duration(185), "3 min 05 s"),
        (units.duration(7810), "2 h 10 min"),
    ],
)
def test_numbers_for_people(shown: str, told: str) -> None:
    assert shown == told
