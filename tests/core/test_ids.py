"""Ids are pure, distinct, and in their vendors' shapes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tapflow.core.ids import opaque, salesforce, uuid
from tapflow.core.vendor_ids import hubspot_ids, stripe_customer_ids, zendesk_organization_ids

NUMBERS = st.lists(st.integers(0, 2**50), min_size=1, max_size=50, unique=True)


def checksum(fifteen: str) -> str:
    """The three letters that Salesforce adds: which of the characters are capitals, five at a time."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    return "".join(letters[sum(fifteen[5 * k + i].isupper() << i for i in range(5))] for k in range(3))


@given(NUMBERS)
def test_salesforce_ids_carry_their_checksum_and_differ(numbers: list[int]) -> None:
    ids = salesforce("006", "test", numbers)
    assert all(len(i) == 18 and i.startswith("006") and i[15:] == checksum(i[:15]) for i in ids)
    assert len(set(ids)) == len(numbers)
    assert len({i.lower() for i in ids}) == len(numbers), "the checksum keeps them apart without case"


@given(NUMBERS)
def test_ids_depend_on_the_number_alone(numbers: list[int]) -> None:
    for make in (lambda n: opaque("x_", "test", n, 14), lambda n: uuid("test", n), lambda n: salesforce("001", "t", n)):
        together = make(numbers)
        assert [make([n])[0] for n in numbers] == together.tolist()
        assert len(set(together)) == len(numbers)


def test_ids_of_nothing_are_none() -> None:
    assert len(salesforce("001", "test", [])) == 0
    assert len(opaque("x_", "test", [], 11)) == 0


def test_records_of_systems_do_not_share_ids() -> None:
    numbers = np.arange(500)
    contacts = [set(hubspot_ids("contact", numbers, origin)) for origin in range(3)]
    assert len(set.union(*contacts)) == 1500
    assert len(set(stripe_customer_ids(numbers))) == 500
    assert zendesk_organization_ids([0, 1]).tolist() == [36_000_000_001, 36_000_000_002]
