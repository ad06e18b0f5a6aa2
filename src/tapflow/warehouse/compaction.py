"""Giving the disk back what a DuckDB file no longer uses: such a file grows, and never shrinks by itself."""

from __future__ import annotations

from pathlib import Path

from tapflow.warehouse.engine import Limits, opened, text, told

_LEAST_BYTES = 800_000_000  # less is not worth the seconds, and is soon used again
_FREE_SHARE = 0.3


def give_back_room(database: Path, limits: Limits) -> bool:
    """Write a file anew of which much is unused, and put it in the old one's place; answers whether it was done.

    The old file stands until the new one is whole: a kill leaves it, and a half new one that the next call removes.
    """
    arriving = database.with_name(f"{database.name}.new")
    arriving.unlink(missing_ok=True)
    with opened(database, limits) as connection:
        found = connection.execute(
            "select block_size * free_blocks, block_size * total_blocks from pragma_database_size()"
        )
        free, whole = found.fetchone() or (0, 0)
        if free < _LEAST_BYTES or free < _FREE_SHARE * whole:
            return False
        with told(str(arriving)):
            (name,) = connection.execute("select current_database()").fetchone() or ("",)
            connection.execute(f"attach {text(arriving)} as arriving")
            connection.execute(f'copy from database "{name}" to arriving')
            connection.execute("detach arriving")
    arriving.replace(database)
    return True
