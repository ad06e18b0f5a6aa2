"""The engineers' names: pure functions of the seed and their number."""

from __future__ import annotations

from functools import lru_cache

from tapflow.business.chance import Chance
from tapflow.business.company import Company
from tapflow.business.engineering.state import Engineering

_GIVEN = (
    "Ada Alan Barbara Bjarne Carol Dennis Donald Edsger Frances Grace Guido Hedy Ivan Jean John Katherine Ken".split()
)
_FAMILY = (
    "Adler Berg Castro Dahl Engel Frost Grant Hall Ivers Jansen Keller Lund Marsh Novak Olsen Pratt Quinn Reyes".split()
)


@lru_cache(maxsize=4)
def _emails(seed: int, engineers: int) -> tuple[str, ...]:
    lasting, numbers = Chance(seed), range(engineers)
    given = lasting.integers("engineering/given", list(numbers), 0, len(_GIVEN))
    family = lasting.integers("engineering/family", list(numbers), 0, len(_FAMILY))
    return tuple(f"{_GIVEN[g]}.{_FAMILY[f]}{e}@tapflow.example".lower() for g, f, e in zip(given, family, numbers))


def engineer_emails(company: Company) -> tuple[str, ...]:
    """Every engineer's address at the company; distinct."""
    return _emails(company.seed, len(company.part(Engineering).engineers))


def engineer_logins(company: Company) -> tuple[str, ...]:
    """Every engineer's name on the code host."""
    return tuple(mail.split("@")[0].replace(".", "-") for mail in engineer_emails(company))
