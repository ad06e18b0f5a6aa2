"""Benchmarks that tell nothing of a single customer: groups that are too small are withheld. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """A group of a benchmark: how many members it has, and its figure; None when it is withheld."""

    name: str
    members: int
    value: float | None
    withheld: bool = False


def withheld(groups: Iterable[Group], minimum: int, total_is_shown: bool = True) -> list[Group]:
    """The groups, those of fewer than `minimum` members without their size and figure.

    Where a total is shown beside them, what is withheld must hold at least two groups and
    `minimum` members together: else the total less the others would tell it. The next smallest
    groups are then withheld too.
    """
    found = list(groups)
    hidden = [g for g in found if g.members < minimum]
    if hidden and total_is_shown:
        rest = sorted((g for g in found if g.members >= minimum), key=lambda g: (g.members, g.name))
        while rest and (len(hidden) < 2 or sum(g.members for g in hidden) < minimum):
            hidden.append(rest.pop(0))
    names = {g.name for g in hidden}
    return [Group(g.name, 0, None, True) if g.name in names else g for g in found]
