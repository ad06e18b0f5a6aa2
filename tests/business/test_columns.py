"""Growable columns: what is written through a view stays, whatever the table's growth."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from tapflow.business.columns import Table


def test_rows_are_numbered_in_the_order_of_their_coming() -> None:
    table = Table(a="i8", b="f8")
    assert list(table.append(a=[1, 2], b=0.5)) == [0, 1]
    assert list(table.append(a=np.arange(40))) == list(range(2, 42))
    assert len(table) == 42 and table.b[1] == 0.5 and table.b[2] == 0


def test_augmented_assignment_writes_through_and_survives_growth() -> None:
    table = Table(a="f8")
    table.append(a=[1.0, 2.0])
    table.a *= 2
    table.append(a=np.full(100, 7.0))
    assert len(table.a) == 102 and table.a[1] == 4.0 and table.a[101] == 7.0


def test_empty_columns_add_no_row_though_scalars_are_given() -> None:
    table = Table(a="i8", b="i8")
    table.append(a=np.zeros(0), b=5)
    assert len(table) == 0


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(KeyError, match="unknown columns: c"):
        Table(a="i8").append(c=[1])


def test_a_pickled_table_is_the_same_and_grows_on() -> None:
    table = Table(a="i8")
    table.append(a=np.arange(20))
    table.keep(table.a % 2 == 0)
    copy = pickle.loads(pickle.dumps(table))
    assert np.array_equal(copy.a, np.arange(0, 20, 2))
    copy.append(a=np.arange(50))
    assert len(copy) == 60 and len(table) == 10
