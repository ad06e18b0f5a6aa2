"""The words of the policy: roles, levels, classifications and masks."""

from __future__ import annotations

from enum import StrEnum

from tapflow.core.schema import Pii

Classification = Pii
"""What a column may tell: public, internal, confidential, restricted or pii, as the sources declare it."""


class Role(StrEnum):
    """What a person does here. Each role must be described in the policy."""

    EXECUTIVE = "executive"
    FINANCE = "finance"
    SALES = "sales"
    MARKETING = "marketing"
    PRODUCT = "product"
    CUSTOMER_SUCCESS = "customer_success"
    OPERATIONS = "operations"
    ANALYST = "analyst"
    ENGINEER = "engineer"
    STEWARD = "steward"
    LEARNER = "learner"
    SERVICE = "service"


class Level(StrEnum):
    """Where a person stands in the company: what a dashboard's tier asks for."""

    C_LEVEL = "c_level"
    VICE_PRESIDENT = "vice_president"
    HEAD = "head"
    STAFF = "staff"


class Department(StrEnum):
    """A department, named as the domains of metrics are owned."""

    FINANCE = "finance"
    SALES = "sales"
    MARKETING = "marketing"
    PRODUCT = "product"
    CUSTOMER_SUCCESS = "customer_success"
    OPERATIONS = "operations"
    DATA = "data"
    ENGINEERING = "engineering"


class Mask(StrEnum):
    """What stands in a column's place, from the most telling to the least: of two roles' masks the first wins.

    A mask that does not fit a column's type (a year of a text, a hash of a number) gives null.
    """

    CLEAR = "clear"  # the value itself
    MONTH = "month"  # of a day or an instant: the first day of its month
    YEAR = "year"  # of a day or an instant: the first day of its year
    PARTIAL = "partial"  # of a text: its first letter; of an e-mail address also its domain
    MAGNITUDE = "magnitude"  # of a number: its sign and its power of ten
    HASH = "hash"  # of a text: a keyed digest, the same for the same text, so that it can still be counted and joined
    NULL = "null"  # nothing

    @property
    def strength(self) -> int:
        """How much it hides: 0 for nothing."""
        return list(Mask).index(self)


def weakest(masks: list[Mask]) -> Mask:
    """The most telling of several roles' masks; null when there is none."""
    return min(masks, key=lambda mask: mask.strength, default=Mask.NULL)
