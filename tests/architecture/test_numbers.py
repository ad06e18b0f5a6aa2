"""No number of the business hides in the code: it stands in the scenario, with its unit and a comment."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

BUSINESS = Path(__file__).resolve().parents[2] / "src" / "tapflow" / "business"
NEUTRAL = {0.0, 0.5, 1.0, 2.0}  # nothing, half or rounding, all, square and Box-Muller
UNITS = {60.0, 3600.0, 365.0, 365.25, 30.4, 1e6, 1e-6}  # seconds, days, millionths
GUARD = 1e-9  # below this a number only keeps a logarithm or a division from breaking
# What is neither: (module, number) and why it is no number of the business.
EXCEPTIONS = {
    ("devices/process.py", 1.1): "room in a buffer, which grows when it does not do",
    ("product/usage.py", 1.0001): "keeps a logarithm from breaking at a mean of one",
    ("chance.py", 30.0): "where Poisson draws change from products to the normal law",
}


def floats(path: Path) -> Iterator[tuple[int, float]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, node.value


def is_no_business(value: float) -> bool:
    is_power_of_two = value >= 4096 and value.is_integer() and int(value) & (int(value) - 1) == 0  # random bits
    return value in NEUTRAL or value in UNITS or abs(value) <= GUARD or is_power_of_two


def test_no_float_of_the_business_stands_in_its_code() -> None:
    found = [
        f"{path.relative_to(BUSINESS)}:{line}: {value}"
        for path in sorted(BUSINESS.rglob("*.py"))
        for line, value in floats(path)
        if not is_no_business(value) and (path.relative_to(BUSINESS).as_posix(), value) not in EXCEPTIONS
    ]
    assert found == [], "each belongs in scenario/<section>.yml, with its unit and a comment"


def test_every_exception_is_still_needed() -> None:
    seen = {(p.relative_to(BUSINESS).as_posix(), value) for p in BUSINESS.rglob("*.py") for _, value in floats(p)}
    assert set(EXCEPTIONS) <= seen


def test_a_planted_number_is_found(tmp_path: Path) -> None:
    (tmp_path / "hidden.py").write_text("CHANCE = 0.37\n")
    assert [v for _, v in floats(tmp_path / "hidden.py") if not is_no_business(v)] == [0.37]
