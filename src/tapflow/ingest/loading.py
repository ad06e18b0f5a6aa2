"""Loading one object: its new files into its raw table, exactly once.

The order makes it so. Data files are written first and belong to nothing yet. Then quarantine is
settled for the days at hand, which repeats without harm. Last comes one Iceberg commit that
brings the rows and the ledger of loaded days together. Killed anywhere, the next run finds the
ledger either before or after that commit, never between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from tapflow.core.errors import CheckFailed
from tapflow.ingest.contract import LOADED_AT, SOURCE_FILE, Contract
from tapflow.ingest.judging import (
    Extras,
    Judged,
    clean_footer,
    extras_of,
    judge_records,
    judge_table,
    whole_file,
)
from tapflow.ingest.ledger import Ledger, Pending, Plan, plan, read_ledger, refusal_mark, short
from tapflow.ingest.markers import Marker, files_of, names_in
from tapflow.ingest.quarantine import Quarantine, Refused
from tapflow.ingest.reading import (
    Content,
    Unreadable,
    check_digest,
    json_records,
    parquet_footer,
    parquet_table,
    promised_content,
)
from tapflow.ingest.report import TableReport
from tapflow.lake import Lake, NewFile

SCHEMA_CHANGES = "tapflow.ingest.schema-changes"
FLUSH_BYTES = 16 * 1024 * 1024
COMPACT_EVERY = 16

PROPERTIES = {
    # Finding the files of a redone day by their bounds needs the whole name, not its first letters.
    f"write.metadata.metrics.column.{SOURCE_FILE}": "full",
}


@dataclass
class _Tally:
    """What a load gathers until its commit."""

    new: list[NewFile] = field(default_factory=list)
    loaded: dict[date, bytes] = field(default_factory=dict)
    refused_files: dict[date, bytes] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    replaced: list[date] = field(default_factory=list)
    missing: list[date] = field(default_factory=list)
    rows_in: int = 0
    rows: int = 0
    files: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class _Waiting:
    """A judged file's rows that wait to be written with others of their month."""

    rows: pa.Table
    loaded_at: datetime
    source_file: str


class Loading:
    """One object's load: planned on making, carried out by `run`."""

    def __init__(
        self, lake: Lake, quarantine: Quarantine, sources: Path, contract: Contract, markers: Mapping[date, Marker]
    ) -> None:
        self._lake, self._quarantine, self._sources, self._contract = lake, quarantine, sources, contract
        self._table = lake.find(contract.table)
        self._properties = dict(self._table.properties) if self._table else {}
        self._ledger = read_ledger(self._properties)
        self.plan: Plan = plan(contract.key, markers, self._ledger)
        self._extras: Extras = {}
        self._names: frozenset[str] = frozenset()
        self._tally = _Tally()
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = 0

    def run(self, step: Callable[[], None]) -> TableReport:
        """Load what the plan names; `step` is called after each file."""
        if self.plan:
            self._table = self._lake.ensure(
                self._contract.table,
                self._contract.raw_schema,
                self._contract.partitioning,
                self._contract.path_columns,
                PROPERTIES,
                self._table,
            )
            self._extras = extras_of(self._contract, self._lake.schema(self._contract.table, self._table))
            self._names = names_in(self._sources, self._contract.key)
            for pending in self.plan.pending:
                self._take(pending)
                step()
            self._flush()
            self._finish()
        return self._report()

    # -- one file -----------------------------------------------------------------------

    def _take(self, pending: Pending) -> None:
        paths = files_of(self._sources, self._contract.key, pending.day, self._names)
        if not paths:
            self._tally.missing.append(pending.day)
            return
        self._lake.hook("read")
        content = promised_content(paths, pending.marked.sha256)
        mark = refusal_mark(content.sha256, pending.marked.sha256)
        if self._ledger.refused.get(pending.day) == mark:
            return
        source_file = f"{self._contract.key}/{content.path.name}"
        try:
            check_digest(content, pending.marked.sha256)
            judged = self._judge(content, pending, source_file)
        except Unreadable as error:
            self._refuse(pending, content, source_file, str(error))
            return
        self._tally.loaded[pending.day] = short(content.sha256)
        if pending.replaces:
            self._tally.replaced.append(pending.day)
        self._tally.files += 1
        self._tally.bytes += len(content.data)
        if judged is not None:
            self._keep(judged, pending, source_file, len(content.data))

    def _judge(self, content: Content, pending: Pending, source_file: str) -> Judged | None:
        """The file judged; None when it was taken over as it is."""
        if not content.path.name.endswith(".parquet"):
            return judge_records(self._contract, json_records(content), self._extras)
        if self._contract.by_day:
            footer = parquet_footer(content)
            if clean_footer(self._contract, footer):
                partition = {LOADED_AT: pending.loaded_at, SOURCE_FILE: source_file}
                self._tally.new.append(self._lake.take_bytes(self._contract.table, content.data, partition))
                self._tally.rows_in += footer.num_rows
                self._tally.rows += footer.num_rows
                return None
        return judge_table(self._contract, parquet_table(content), self._extras)

    def _refuse(self, pending: Pending, content: Content, source_file: str, why: str) -> None:
        kept = self._quarantine.keep_bytes(self._contract.system, self._contract.object, content)
        rows = pending.marked.rows if pending.marked.rows is not None else 1
        refusal = whole_file(why, source_file, content.sha256, rows, kept)
        self._tally.refused.append(Refused(pending.day, source_file, pending.loaded_at, [refusal]))
        self._tally.refused_files[pending.day] = refusal_mark(content.sha256, pending.marked.sha256)
        self._tally.rows_in += rows

    def _keep(self, judged: Judged, pending: Pending, source_file: str, size: int) -> None:
        self._tally.rows_in += judged.rows_in
        self._tally.rows += judged.rows.num_rows
        if judged.refusals:
            self._tally.refused.append(Refused(pending.day, source_file, pending.loaded_at, judged.refusals))
        if not judged.rows.num_rows:
            return
        self._waiting.append(_Waiting(judged.rows, pending.loaded_at, source_file))
        # What a file takes on disk stands for what it takes in memory: counting that costs more than reading it.
        self._waiting_bytes += size
        if self._contract.by_day or self._waiting_bytes > FLUSH_BYTES:
            self._flush()

    def _flush(self) -> None:
        """Write the rows gathered so far, one file for each partition."""
        if self._waiting:
            rows = _stamped(self._waiting)
            self._grow(rows.schema)
            self._tally.new += self._lake.write(self._contract.table, rows, self._table)
        self._waiting.clear()
        self._waiting_bytes = 0

    def _grow(self, schema: pa.Schema) -> None:
        known = {f.name for f in self._contract.raw_schema}
        extra = [f for f in schema if f.name not in known]
        if extra:
            self._lake.add_columns(self._contract.table, pa.schema(extra), self._table)

    # -- the commit ---------------------------------------------------------------------

    def _finish(self) -> None:
        tally = self._tally
        quarantined = sum(r.rows for refused in tally.refused for r in refused.refusals)
        if tally.rows_in != tally.rows + quarantined:
            raise CheckFailed(
                f"{self._contract.table}: {tally.rows_in} rows came, {tally.rows} would load and {quarantined} be "
                "refused. Nothing was committed."
            )
        settled = {*tally.loaded, *tally.refused_files, *self.plan.withdrawn}
        self._quarantine.settle(self._contract.system, self._contract.object, settled, tally.refused)
        if not settled:
            return
        gone = self._out_of_date([*tally.replaced, *self.plan.withdrawn])
        ledger = self._new_ledger()
        self._lake.change(
            self._contract.table,
            [*tally.new, *gone[1]],
            gone[0],
            table=self._table,
            properties={**ledger.properties(), **self._schema_changes()},
            loaded_through=max(ledger.loaded) if ledger.loaded and (tally.new or gone[0]) else None,
        )
        self._compact_sometimes()

    def _out_of_date(self, days: list[date]) -> tuple[list[Path], list[NewFile]]:
        """The files that hold rows of these days, and files with their other rows in their place."""
        if not days:
            return [], []
        name = self._contract.table
        prefixes = [f"{self._contract.key}/{day.isoformat()}." for day in days]
        touched = {f.path: f for p in prefixes for f in self._lake.files_starting(name, SOURCE_FILE, p)}
        if not touched:
            return [], []
        rows = self._lake.rows_of(name, list(touched.values()))
        theirs = pc.is_in(
            pc.utf8_slice_codeunits(rows[SOURCE_FILE], 0, len(prefixes[0])), pa.array(prefixes, rows[SOURCE_FILE].type)
        )
        others = rows.filter(pc.invert(theirs))
        return list(touched), self._lake.write(name, others, self._table) if others.num_rows else []

    def _new_ledger(self) -> Ledger:
        tally = self._tally
        loaded = {d: v for d, v in self._ledger.loaded.items() if d not in self.plan.withdrawn} | tally.loaded
        refused = {
            d: v for d, v in self._ledger.refused.items() if d not in self.plan.withdrawn and d not in tally.loaded
        }
        stamps = [p.loaded_at for p in self.plan.pending if p.day in tally.loaded]
        newest = max([*stamps, *filter(None, [self._ledger.newest_load])], default=None)
        return Ledger(loaded, refused | tally.refused_files, self._ledger.expired_before, newest)

    def _schema_changes(self) -> dict[str, str]:
        known = orjson.loads(self._properties.get(SCHEMA_CHANGES, "{}"))
        new = {name: kind.value for name, kind in self._extras.items() if name not in known}
        return {SCHEMA_CHANGES: orjson.dumps(known | new).decode()} if new else {}

    def _compact_sometimes(self) -> None:
        """Day-by-day loads leave a small file each; fold them together now and then."""
        if self._contract.by_day:
            return
        snapshot = self._table.current_snapshot() if self._table else None
        if snapshot and (snapshot.sequence_number or 0) % COMPACT_EVERY == 0:
            self._lake.compact(self._contract.table, at_least=COMPACT_EVERY // 2)

    def _report(self) -> TableReport:
        tally = self._tally
        known = orjson.loads(self._properties.get(SCHEMA_CHANGES, "{}"))
        return TableReport(
            table=self._contract.table,
            rows_in=tally.rows_in,
            rows=tally.rows,
            quarantined=tally.rows_in - tally.rows,
            files=tally.files + len(tally.refused_files),
            bytes=tally.bytes,
            replaced_days=tuple(tally.replaced),
            withdrawn_days=self.plan.withdrawn,
            missing_days=tuple(tally.missing),
            held_days=self.plan.held,
            schema_changes=tuple(sorted(n for n in self._extras if n not in known)),
        )


def _stamped(waiting: Sequence[_Waiting]) -> pa.Table:
    """Files' rows one after another, each with its load instant and file."""
    # In one piece: what follows takes time for each piece of each column, whatever its size.
    rows = pa.concat_tables([w.rows for w in waiting], promote_options="default").combine_chunks()
    places = np.repeat(np.arange(len(waiting), dtype=np.int32), [w.rows.num_rows for w in waiting])
    stamps = pa.array([w.loaded_at for w in waiting], pa.timestamp("us")).take(pa.array(places))
    files = pa.DictionaryArray.from_arrays(places, [w.source_file for w in waiting])
    return rows.append_column(LOADED_AT, stamps).append_column(SOURCE_FILE, files)
