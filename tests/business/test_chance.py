"""Chances depend on their counter alone, and are as random as their names say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tapflow.business.chance import Chance

SEEDS = st.integers(min_value=0, max_value=2**63 - 1)


@given(seed=SEEDS, day=st.integers(0, 40_000), entities=st.lists(st.integers(0, 10**9), min_size=1, max_size=50))
def test_a_draw_does_not_depend_on_the_other_entities_or_their_order(seed: int, day: int, entities: list[int]) -> None:
    chance = Chance(seed, day)
    together = chance.uniform("purpose", entities)
    alone = np.array([Chance(seed, day).uniform("purpose", e)[0] for e in entities])
    assert np.array_equal(together, alone)
    assert np.array_equal(chance.uniform("purpose", entities[::-1])[::-1], together)


def test_seed_day_purpose_entity_and_draw_all_matter() -> None:
    base = Chance(1, 10).uniform("a", 5)[0]
    others = [
        Chance(2, 10).uniform("a", 5)[0],
        Chance(1, 11).uniform("a", 5)[0],
        Chance(1, 10).uniform("b", 5)[0],
        Chance(1, 10).uniform("a", 6)[0],
        Chance(1, 10).uniform("a", 5, draw=1)[0],
    ]
    assert base not in others
    assert len(set(others)) == len(others)


def test_uniforms_are_uniform_and_neighbours_unrelated() -> None:
    values = Chance(3, 20_000).uniform("u", np.arange(200_000))
    counts, _ = np.histogram(values, bins=100, range=(0, 1))
    chi_square = ((counts - 2000) ** 2 / 2000).sum()
    assert chi_square < 149  # the 99.9 % point at 99 degrees of freedom
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.01


def test_days_and_draws_of_one_entity_are_unrelated() -> None:
    by_day = np.array([Chance(7, d).uniform("u", 42)[0] for d in range(2000)])
    by_draw = np.array([Chance(7, 1).uniform("u", 42, draw=k)[0] for k in range(2000)])
    for values in (by_day, by_draw):
        assert abs(values.mean() - 0.5) < 0.03
        assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.08


@given(rate=st.floats(0.0, 200.0))
def test_poisson_has_its_mean_and_variance(rate: float) -> None:
    counts = Chance(5, 1).poisson("p", np.arange(4000), rate)
    error = 6 * np.sqrt(max(rate, 0.05) / 4000)
    assert abs(counts.mean() - rate) < error + 0.01
    assert counts.min() >= 0


def test_choice_follows_weights_for_all_and_by_row() -> None:
    entities = np.arange(50_000)
    shares = np.bincount(Chance(5, 1).choice("c", entities, [1, 2, 7]), minlength=3) / 50_000
    assert np.allclose(shares, [0.1, 0.2, 0.7], atol=0.01)
    rows = np.where(entities[:, None] % 2 == 0, [1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
    drawn = Chance(5, 1).choice("c", entities, rows)
    assert np.array_equal(drawn, np.where(entities % 2 == 0, 0, 2))
