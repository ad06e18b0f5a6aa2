"""A day's logs of all systems, as Arrow tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pyarrow as pa

from tapflow import sources
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.core.schema import SourceObject
from tapflow.sources.logs import table_of


def day_logs(
    company: Company, day: Day, wanted: Collection[str] | None = None
) -> Iterator[tuple[str, SourceObject, pa.Table]]:
    """("system/object", its declaration, its rows) for every object that changed; `wanted` names those to keep.

    To be taken while the company's state is still the day's.
    """
    systems = None if wanted is None else {name.split("/")[0] for name in wanted}
    for system, module in sources.SYSTEMS.items():
        if systems is not None and system not in systems:
            continue
        declared = {o.name: o for o in module.OBJECTS}
        for name, columns in module.records(company, day).items():
            if wanted is None or f"{system}/{name}" in wanted:
                table = table_of(declared[name], columns)
                if table.num_rows:
                    yield f"{system}/{name}", declared[name], table
