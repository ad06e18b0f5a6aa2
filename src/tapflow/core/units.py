"""Numbers for people: short where read, with their unit; one formatter for every screen."""

from __future__ import annotations

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_STEPS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def count(value: float) -> str:
    """A whole number with thousands apart: 12,345."""
    return f"{value:,.0f}"


def short(value: float, digits: int = 3) -> str:
    """About `digits` significant digits with a letter for thousands and more: 1.24M, 982, 3.5."""
    for size, letter in _STEPS:
        # 999,999.9 reads 1.00M, not 1,000k: compare after rounding to the digits that are shown.
        if abs(value) >= size * (1 - 0.5 * 10**-digits):
            return _digits(value / size, digits) + letter
    return _digits(value, digits) if value % 1 else f"{value:.0f}"


def _digits(value: float, digits: int) -> str:
    whole = len(f"{abs(value):.0f}") if abs(value) >= 1 else 1
    return f"{value:.{max(0, digits - whole)}f}"


def money(minor: float, currency: str = "USD") -> str:
    """An amount of minor units, short: $1.24M."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{_SIGNS.get(currency, currency + ' ')}{short(abs(minor) / 100)}"


def percent(ratio: float) -> str:
    """A share: 0.0312 reads 3.1%."""
    return f"{ratio * 100:.1f}%"


def change(ratio: float) -> str:
    """A relative change with its sign: +3.1%."""
    return f"{ratio * 100:+.1f}%"


def volume(millilitres: float) -> str:
    """A volume in litres: 12.4k l."""
    return f"{short(millilitres / 1000)} l"


def size(octets: float) -> str:
    """A size in bytes, decimal: 1.24 GB."""
    for step, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if octets >= step:
            return f"{_digits(octets / step, 3)} {name}"
    return f"{octets:.0f} B"


def duration(seconds: float) -> str:
    """How long something took: 0.4 s, 12 s, 3 min 05 s, 2 h 10 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"
