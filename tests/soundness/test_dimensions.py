"""Figures agree with the truth not only in total, but in every dimension that they offer."""

from __future__ import annotations

import pytest
from tests.homes import LIMITS, BuiltHome

from tapflow.quality.figure import registry
from tapflow.quality.verification import Wanted, verify_home

DIMENSIONS = sorted({dimension for figure in registry().values() for dimension in figure.dims})


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_figures_agree_by_dimension(tiny_home: BuiltHome, dimension: str) -> None:
    result = verify_home(tiny_home.root, LIMITS, Wanted(by=dimension))
    result.require()
    assert result.outcomes
