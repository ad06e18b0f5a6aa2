"""How a long piece of work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Called with (parts done, parts in all, the newest one's name)."""


def silent(done: int, total: int, name: str) -> None:
    """Progress that nobody watches."""
