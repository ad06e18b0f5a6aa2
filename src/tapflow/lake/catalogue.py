"""The SQL catalogue: one row per table that points at its current metadata file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.io import FileIO
from pyiceberg.table.metadata import TableMetadata
from sqlalchemy import event
from sqlalchemy.engine import URL

from tapflow.lake.faults import Hook, told

NAME = "tapflow"


class Catalogue(SqlCatalog):
    """The SQL catalogue, with a hook before the steps that a crash may fall between."""

    hook: Hook

    def _write_metadata(self, metadata: TableMetadata, io: FileIO, metadata_path: str) -> None:  # type: ignore[override]
        self.hook("metadata")
        super()._write_metadata(metadata, io, metadata_path)
        self.hook("metadata written")


def open_catalogue(folder: Path, url: str | None, hook: Hook) -> Catalogue:
    """Open the catalogue, making it when there is none.

    `url` is any SQLAlchemy URL, such as `postgresql+psycopg2://…`; by default a SQLite file in
    `folder`, in write-ahead mode so that readers and the writer do not wait for one another.
    """
    with told("the lake's catalogue"):
        folder.mkdir(parents=True, exist_ok=True)
        uri = url or URL.create("sqlite", database=str(folder / "catalog.db")).render_as_string()
        catalogue = Catalogue(NAME, uri=uri, warehouse=str(folder / "data"))
        catalogue.hook = hook
        if catalogue.engine.dialect.name == "sqlite":
            event.listen(catalogue.engine, "connect", _settle_sqlite)
            catalogue.engine.dispose()
    return catalogue


def _settle_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("pragma journal_mode = wal")
    cursor.execute("pragma synchronous = normal")
    cursor.execute("pragma busy_timeout = 10000")
    cursor.close()
