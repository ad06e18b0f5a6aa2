"""Names of houses and people: pure functions of the seed and a number, never stored.

A house and its owner keep their number from prospect to account (`house_numbers`,
`person_numbers`), so that a lead, the deal and the login speak of the same names. Two houses
may share a name, as in life; their domains differ. `variants` spells a name as a careless
hand in another system would.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import Role

Texts = NDArray[np.object_]
Rows = NDArray[np.int64]

_FIRST_WORDS = (
    "Golden Copper Rusty Old Royal Silver Crooked Black White Red Blue Green Lucky Thirsty Hidden Broken Iron "
    "Velvet Wandering Jolly Salty Quiet Merry Burning Foggy Northern Southern Little Grand Electric Amber Smoky "
    "Wild Brave Drunken Humble Noble Twisted Painted Sleepy Hungry Dancing Roaring Laughing Lonely Mossy Sunny "
    "Stormy Harbor River"
).split()
_SECOND_WORDS = (
    "Lion Anchor Barrel Fox Hound Crown Tap Oak Bell Stag Rooster Bear Keg Horse Swan Raven Hop Mill Ship Compass "
    "Badger Otter Pheasant Hare Whale Heron Lantern Wheel Hammer Plough Thistle Rose Maple Elk Bison Owl Crow "
    "Goose Ram Bull Boar Salmon Trout Squire Miller Cooper Brewer Sailor Miner Piper Baron Duke Pilgrim Ranger "
    "Kettle Cask Mug Goblet Tankard Grain Barley"
).split()
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_KINDS = ("Bar", "Kitchen", "Brewing Co.", "Hotel", "Arena", "Club")
_GIVEN = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph "
    "Jessica Thomas Sarah Carlos Karen Daniel Lisa Matthew Nancy Anthony Betty Mark Sandra Paul Ashley Steven "
    "Emily Andrew Kim Joshua Donna Kevin Michelle Brian Carol George Amanda Timothy Melissa Ronald Deborah Jason "
    "Laura Ryan Anna Jacob Eva Gary Ruth Liam Chloe Aidan Nora Lukas Lena Felix Clara Jules Camille Hugo Ines "
    "Mateo Sofia Diego Lucia Omar Leila Ravi Priya Wei Mei Kenji Yuki"
).split()
_FAMILY = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis "
    "Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera "
    "Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart "
    "Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim "
    "Cox Ward Richardson Watson Brooks Chavez Wood Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo "
    "Sanders Patel Myers Long Ross Foster Schmidt Fischer Weber Wagner Becker Hoffmann Bernard Dubois Moreau "
    "Laurent Simon Walsh Byrne Ryan Connor Doyle Kennedy"
).split()
_FREEMAIL = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com")


@lru_cache(maxsize=64)
def _letters(words: tuple[str, ...]) -> Texts:
    return np.array(words, dtype=object)


def _base36(number: int) -> str:
    # NumPy's own takes several times as long, and names are spelled a thousand times a day.
    text, rest = "", abs(number)
    while rest or not text:
        rest, digit = divmod(rest, 36)
        text = _BASE36[digit] + text
    return text if number >= 0 else "-" + text


def _pick(company: Company, words: list[str] | tuple[str, ...], purpose: str, rows: ArrayLike) -> Texts:
    drawn = company.lasting().integers(f"names/{purpose}", rows, 0, len(words))
    return np.asarray(_letters(tuple(words))[drawn])


def house_numbers(company: Company, accounts: ArrayLike) -> Rows:
    """The number under which an account's house goes: its prospect's, so that sales knew it by the same name."""
    rows = np.atleast_1d(np.asarray(accounts, dtype=np.int64))
    return _own_or_prospect(rows, company.accounts.prospect[rows])


def person_numbers(company: Company, users: ArrayLike) -> Rows:
    """The number under which a person goes: an owner is the prospect that marketing and sales knew."""
    rows = np.atleast_1d(np.asarray(users, dtype=np.int64))
    account = company.users.account[rows]
    owner = (account >= 0) & (company.users.role[rows] == Role.OWNER)
    prospect = np.where(owner, company.accounts.prospect[np.maximum(account, 0)], -1)
    return _own_or_prospect(rows, prospect)


def prospect_numbers(prospects: ArrayLike) -> Rows:
    """The number of a prospect's house, and of the person itself."""
    return 2 * np.atleast_1d(np.asarray(prospects, dtype=np.int64)) + 1


def _own_or_prospect(rows: Rows, prospects: ArrayLike) -> Rows:
    return np.where(np.asarray(prospects) >= 0, prospect_numbers(prospects), 2 * rows)


def house_names(company: Company, houses: ArrayLike, industry: ArrayLike) -> Texts:
    """The houses' true names, such as `The Golden Lion` or `Copper Barrel Brewing Co.`."""
    first = _pick(company, _FIRST_WORDS, "first", houses)
    second = _pick(company, _SECOND_WORDS, "second", houses)
    kind = _letters(_KINDS)[np.asarray(industry, dtype=np.int64)]
    plain = company.lasting().happens("names/the", houses, company.scenario.customers.mess.plain_names)
    return np.asarray(np.where(plain, "The " + first + " " + second, first + " " + second + " " + kind))


def house_domains(company: Company, houses: ArrayLike) -> Texts:
    """The houses' own web domains; distinct for distinct houses."""
    numbers = np.atleast_1d(np.asarray(houses, dtype=np.int64))
    first = _pick(company, _FIRST_WORDS, "first", numbers)
    second = _pick(company, _SECOND_WORDS, "second", numbers)
    spelled = [_base36(n) for n in numbers.tolist()]
    return np.array(
        [f"{a}{b}{n}.example".lower() for a, b, n in zip(first, second, spelled, strict=True)], dtype=object
    )


def house_phones(company: Company, houses: ArrayLike) -> Texts:
    """The houses' telephone numbers, in the form +1 555 0123456."""
    drawn = company.lasting().integers("names/phone", houses, 0, 10_000_000_000)
    return np.array([f"+{1 + n // 1_000_000_000} {n // 10_000_000 % 1000:03d} {n % 10_000_000:07d}" for n in drawn])


def person_given_names(company: Company, persons: ArrayLike) -> Texts:
    """Given names by the persons' numbers."""
    return _pick(company, _GIVEN, "given", persons)


def person_family_names(company: Company, persons: ArrayLike) -> Texts:
    """Family names by the persons' numbers."""
    return _pick(company, _FAMILY, "family", persons)


def person_emails(company: Company, persons: ArrayLike, houses: ArrayLike, free: ArrayLike) -> Texts:
    """E-mail addresses, distinct: at the house's domain, or at a free mail service where `free`."""
    numbers = np.atleast_1d(np.asarray(persons, dtype=np.int64))
    hosts = np.where(free, _pick(company, _FREEMAIL, "freemail", numbers), house_domains(company, houses))
    given, family = person_given_names(company, numbers), person_family_names(company, numbers)
    spelled = [_base36(n) for n in numbers.tolist()]
    return np.array(
        [f"{g}.{f}{n}@{h}".lower() for g, f, n, h in zip(given, family, spelled, hosts, strict=True)], dtype=object
    )


def prospect_names(company: Company, prospects: ArrayLike, industry: ArrayLike) -> Texts:
    """Names of prospects' houses, the same that their accounts will carry."""
    return house_names(company, prospect_numbers(prospects), industry)


def prospect_domains(company: Company, prospects: ArrayLike) -> Texts:
    """Web domains of prospects' houses."""
    return house_domains(company, prospect_numbers(prospects))


def prospect_emails(company: Company, prospects: ArrayLike) -> Texts:
    """E-mail addresses of prospects, the same that they will sign in with as owners."""
    numbers = prospect_numbers(prospects)
    return person_emails(company, numbers, numbers, _writes_free(company, numbers))


def account_names(company: Company, accounts: ArrayLike) -> Texts:
    """The accounts' true names."""
    rows = np.atleast_1d(np.asarray(accounts, dtype=np.int64))
    return house_names(company, house_numbers(company, rows), company.accounts.industry[rows])


def account_domains(company: Company, accounts: ArrayLike) -> Texts:
    """The accounts' own web domains; distinct for distinct accounts."""
    return house_domains(company, house_numbers(company, accounts))


def account_phones(company: Company, accounts: ArrayLike) -> Texts:
    """The accounts' telephone numbers."""
    return house_phones(company, house_numbers(company, accounts))


def given_names(company: Company, users: ArrayLike) -> Texts:
    """People's given names."""
    return person_given_names(company, person_numbers(company, users))


def family_names(company: Company, users: ArrayLike) -> Texts:
    """People's family names."""
    return person_family_names(company, person_numbers(company, users))


def user_emails(company: Company, users: ArrayLike) -> Texts:
    """People's e-mail addresses, distinct; some owners write from a free mail address."""
    rows = np.atleast_1d(np.asarray(users, dtype=np.int64))
    houses = house_numbers(company, np.maximum(company.users.account[rows], 0))
    return person_emails(company, person_numbers(company, rows), houses, freemail(company, rows))


def freemail(company: Company, users: ArrayLike) -> NDArray[np.bool_]:
    """Whether a person writes from a free mail address: people without an account, and some owners."""
    rows = np.atleast_1d(np.asarray(users, dtype=np.int64))
    some = _writes_free(company, person_numbers(company, rows))
    owner = company.users.role[rows] == Role.OWNER
    return np.asarray((company.users.account[rows] < 0) | (owner & some))


def _writes_free(company: Company, persons: ArrayLike) -> NDArray[np.bool_]:
    return company.lasting().happens("names/free", persons, company.scenario.customers.mess.freemail)


def varied(company: Company, rows: ArrayLike, system: str) -> NDArray[np.bool_]:
    """Which rows' names a system spells its own way."""
    numbers = np.atleast_1d(np.asarray(rows, dtype=np.int64))
    rate = company.scenario.customers.mess.name_variants
    return np.asarray(company.lasting().happens(f"names/variant/{system}", numbers, rate))


def variants(company: Company, texts: ArrayLike, rows: ArrayLike, system: str) -> Texts:
    """Names as another system spells them: a share of them in capitals, cut, or with a typing slip."""
    numbers = np.atleast_1d(np.asarray(rows, dtype=np.int64))
    names = np.array(texts, dtype=object)
    lasting = company.lasting()
    for i in np.flatnonzero(varied(company, numbers, system)):
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
