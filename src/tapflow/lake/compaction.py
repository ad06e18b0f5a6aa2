"""Which files to fold together, and in which order their rows go."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyiceberg.table import Table

from tapflow.lake.model import LakeFile

SMALL_BYTES = 32 * 1024 * 1024
SORT_BY = "tapflow.sort-by"


def small_files(
    files: Iterable[LakeFile], at_least: int, where: Callable[[LakeFile], bool] | None = None
) -> list[list[LakeFile]]:
    """The small files of each partition that has at least so many; delete files count as a reason too."""
    groups: dict[tuple[tuple[str, object], ...], list[LakeFile]] = {}
    for file in files:
        if (file.bytes < SMALL_BYTES or file.has_deletes) and (where is None or where(file)):
            groups.setdefault(tuple(sorted(file.partition.items())), []).append(file)
    return [g for g in groups.values() if len(g) >= at_least or any(f.has_deletes for f in g)]


def default_order(table: Table) -> list[str]:
    """The columns that a table's property names for sorting, as far as it has them."""
    names = {f.name for f in table.schema().fields}
    return [c for c in table.properties.get(SORT_BY, "").split(",") if c in names]
