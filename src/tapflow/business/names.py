"""Names of houses and people: pure functions of the seed and the row, never stored.

Two houses may share a name, as in life; their domains differ. `variant` spells a name as a
careless hand in another system would.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import Role

Texts = NDArray[np.object_]

_FIRST_WORDS = (
    "Golden Copper Rusty Old Royal Silver Crooked Black White Red Blue Green Lucky Thirsty Hidden Broken Iron Velvet "
    "Wandering Jolly Salty Quiet Merry Burning Foggy Northern Southern Little Grand Electric Amber Smoky Wild Brave "
    "Drunken Humble Noble Twisted Painted Sleepy Hungry Dancing Roaring Laughing Lonely Mossy Sunny Stormy Harbor River"
).split()
_SECOND_WORDS = (
    "Lion Anchor Barrel Fox Hound Crown Tap Oak Bell Stag Rooster Bear Keg Horse Swan Raven Hop Mill Ship Compass Badger "
    "Otter Pheasant Hare Whale Heron Lantern Wheel Hammer Plough Thistle Rose Maple Elk Bison Owl Crow Goose Ram Bull Boar "
    "Salmon Trout Squire Miller Cooper Brewer Sailor Miner Piper Baron Duke Pilgrim Ranger Kettle Cask Mug Goblet Tankard "
    "Grain Barley"
).split()
_KINDS = ("Bar", "Kitchen", "Brewing Co.", "Hotel", "Arena", "Club")
_GIVEN = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica "
    "Thomas Sarah Carlos Karen Daniel Lisa Matthew Nancy Anthony Betty Mark Sandra Paul Ashley Steven Emily Andrew Kim "
    "Joshua Donna Kevin Michelle Brian Carol George Amanda Timothy Melissa Ronald Deborah Jason Laura Ryan Anna Jacob Eva "
    "Gary Ruth Liam Chloe Aidan Nora Lukas Lena Felix Clara Jules Camille Hugo Ines Mateo Sofia Diego Lucia Omar Leila "
    "Ravi Priya Wei Mei Kenji Yuki"
).split()
_FAMILY = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson "
    "Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young "
    "Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter "
    "Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers "
    "Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez "
    "Wood Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Schmidt Fischer "
    "Weber Wagner Becker Hoffmann Bernard Dubois Moreau Laurent Simon Walsh Byrne Ryan Connor Doyle Kennedy"
).split()
_FREEMAIL = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com")


@lru_cache(maxsize=64)
def _letters(words: tuple[str, ...]) -> Texts:
    return np.array(words, dtype=object)


def _pick(company: Company, words: list[str] | tuple[str, ...], purpose: str, rows: ArrayLike) -> Texts:
    drawn = company.lasting().integers(f"names/{purpose}", rows, 0, len(words))
    return np.asarray(_letters(tuple(words))[drawn])


def account_names(company: Company, accounts: ArrayLike) -> Texts:
    """The houses' true names, such as `The Golden Lion` or `Copper Barrel Brewing Co.`."""
    rows = np.atleast_1d(np.asarray(accounts, dtype=np.int64))
    first = _pick(company, _FIRST_WORDS, "first", rows)
    second = _pick(company, _SECOND_WORDS, "second", rows)
    kind = _letters(_KINDS)[company.accounts.industry[rows]]
    plain = company.lasting().happens("names/the", rows, 0.4)
    return np.where(plain, "The " + first + " " + second, first + " " + second + " " + kind)


def account_domains(company: Company, accounts: ArrayLike) -> Texts:
    """The houses' own web domains; distinct for distinct accounts."""
    rows = np.atleast_1d(np.asarray(accounts, dtype=np.int64))
    first = _pick(company, _FIRST_WORDS, "first", rows)
    second = _pick(company, _SECOND_WORDS, "second", rows)
    return np.array([f"{a}{b}{n}.example".lower() for a, b, n in zip(first, second, rows, strict=True)], dtype=object)


def given_names(company: Company, users: ArrayLike) -> Texts:
    """People's given names."""
    return _pick(company, _GIVEN, "given", users)


def family_names(company: Company, users: ArrayLike) -> Texts:
    """People's family names."""
    return _pick(company, _FAMILY, "family", users)


def user_emails(company: Company, users: ArrayLike) -> Texts:
    """People's e-mail addresses, distinct; some owners write from a free mail address."""
    rows = np.atleast_1d(np.asarray(users, dtype=np.int64))
    account = company.users.account[rows]
    domains = account_domains(company, np.maximum(account, 0))
    free = freemail(company, rows)
    hosts = np.where(free, _pick(company, _FREEMAIL, "freemail", rows), domains)
    given, family = given_names(company, rows), family_names(company, rows)
    return np.array(
        [f"{g}.{f}{n}@{h}".lower() for g, f, n, h in zip(given, family, rows, hosts, strict=True)], dtype=object
    )


def freemail(company: Company, users: ArrayLike) -> NDArray[np.bool_]:
    """Whether a person writes from a free mail address: people without an account, and some owners."""
    rows = np.atleast_1d(np.asarray(users, dtype=np.int64))
    some = company.lasting().happens("names/free", rows, company.scenario.customers.mess.freemail)
    owner = company.users.role[rows] == Role.OWNER
    return np.asarray((company.users.account[rows] < 0) | (owner & some))


def variants(company: Company, texts: ArrayLike, rows: ArrayLike, system: str) -> Texts:
    """Names as another system spells them: a share of them in capitals, cut, or with a typing slip."""
    numbers = np.atleast_1d(np.asarray(rows, dtype=np.int64))
    names = np.array(texts, dtype=object)
    rate = company.scenario.customers.mess.name_variants
    lasting = company.lasting()
    for i in np.flatnonzero(lasting.happens(f"names/variant/{system}", numbers, rate)):
        way = int(lasting.integers(f"names/way/{system}", numbers[i : i + 1], 0, 4)[0])
        names[i] = _misspelled(names[i], way)
    return names


def _misspelled(name: str, way: int) -> str:
    if way == 0:
        return name.upper()
    if way == 1:
        return name.removeprefix("The ") + (" LLC" if not name.endswith(".") else "")
    if way == 2:
        return name.lower()
    middle = len(name) // 2
    return name[:middle] + name[middle + 1] + name[middle] + name[middle + 2 :]
